package io.tokenmeter.engine.ledger;

/**
 * The layout of the ledger file, version {@value #VERSION}. Every field is a 64-bit word, little
 * endian, at a multiple of eight bytes; what the table calls acquire is read with acquire and
 * written with release semantics, what it calls CAS is only ever changed by an atomic
 * read-modify-write, what it calls plain is ordered by a word that is written after it. The file
 * grows by whole blocks of rows at its end and never shrinks: it must not be truncated while a
 * process has it open, for the JVM does not survive a CAS on a page that is gone.
 *
 * <p>The order of writes that processes rely on is that of {@link Slots}, and part of the version.
 *
 * <pre>
 *  +-------------------+ 0
 *  | header            |   4,096 bytes
 *  +-------------------+ PARTICIPANTS_OFFSET
 *  | participant 0     |   64 bytes each: one for each open ledger of any process
 *  | ...               |
 *  +-------------------+ bucketsOffset
 *  | bucket 0          |   8 bytes each: 1 + number of the first row of a chain, or 0   CAS
 *  | ...               |
 *  +-------------------+ slotsOffset
 *  | slot 0            |   256 bytes each: one for each ten rows that a call holds
 *  | ...               |
 *  +-------------------+ rowsOffset
 *  | counts of row 0   |   64 bytes each: what calls change. One row for each budget or spend
 *  | ...               |   account in a window, and a second one for a rolling account
 *  +-------------------+
 *  | name of row 0     |   192 bytes each: what is written once
 *  | ...               |
 *  +-------------------+
 *  | (the same again)  |   for each block of up to 4,096 rows
 *  +-------------------+ file length
 *
 *  header          0  magic              written once, before the file gets its name
 *                  8  version
 *                 16  rows at first
 *                 24  slots              a power of two
 *                 32  participants
 *                 40  buckets            a power of two
 *                 48  hash seed
 *                128  clock              CAS      latest time seen, epoch s : 33 | set back by, s : 31
 *                192  rows               acquire  how many there are; grows
 *                200  rows begun         CAS      no row from here on was ever used, or is free
 *                208  free rows          CAS      count of changes : 32 | 1 + number of the first
 *                216  rows used          CAS
 *                256  recycling          acquire  pid of who takes rows back, or 0
 *                264  unslotted holds    CAS      holds for which no slot was free, ever
 *                272  rows refused       CAS      rows for which there was no room, ever
 *                280  holds recovered    CAS      holds given back for the dead, ever
 *                288  damage             CAS      rows and links that no process of ours wrote so
 *                384  audited            CAS      number of the last entry of the audit file
 *
 *  participant     0  state              acquire  0 free, 1 taken
 *                  8  pid                acquire
 *                 16  process start      acquire  hash of that and of its space of ids
 *                 24  heartbeat          acquire  epoch ms
 *                 32  slotless           CAS      threads that change rows no slot names
 *
 *  row, counts:    0  generation         acquire  odd while the row is an account's
 *                  8  committed          CAS      settled + held; spend: tokens
 *                 16  settled            CAS      only grows; spend: nano-USD
 *                 24  mark               CAS      bucket: flow that found it full; rolling: number of
 *                                                 the step; session: last used; spend: calls;
 *                                                 calendar: sum on record, see RecordedSums
 *                 32  period             acquire  see AccountSpec
 *                 40  rate               acquire  bucket: units that flow in during a period
 *                 48  epoch              acquire  bucket: when it was first full, elapsed ms
 *                 56  ring               acquire  rolling: number of the row with what was settled
 *                                                 when each of the last steps began
 *
 *       name:     64  key, high          acquire
 *                 72  key, low           acquire
 *                 80  next               CAS      1 + number of the next row of the chain, or 0
 *                 88  rule               acquire  hash of the rule, to find its rows
 *                 96  kind               acquire  unit : 8 | shape : 8
 *                104  window end         acquire  epoch ms; Long.MAX_VALUE if it has none
 *                112  label length       acquire  in bytes
 *                120  checksum           acquire  of all above that never changes
 *                128  told               CAS      see Marks: what was told of the row
 *                136  label              120 bytes of UTF-8: scope, cut off where it is longer
 *
 *  ring            0  generation         even
 *                  8  settled 0..30      CAS      in step n at n modulo 31
 *
 *  slot            0  control            CAS      generation : 40 | participant : 16 | state : 8
 *                  8  deadline           acquire  epoch ms, after which the owner gives it back
 *                 16  entry 0..9         24 bytes each: what the slot's call holds of one row
 *
 *  entry           0  account            acquire  generation : 32 | row : 24 | unit, shape : 4 | phase : 4
 *                  8  held               plain    in the row's unit; valid with the account's word
 *                 16  actual             plain    in the row's unit; valid in state CHARGING
 * </pre>
 */
final class LedgerDescriptor {
  static final long VERSION = 4;

  /** "TOKMETER" in ASCII, read as a little-endian word. */
  static final long MAGIC = 0x5245_5445_4d4b_4f54L;

  static final String FILE_NAME = "ledger-v" + VERSION + ".tm";
  static final String LOCK_NAME = "ledger-v" + VERSION + ".lock";
  static final String GROWTH_LOCK_NAME = "ledger-v" + VERSION + ".growth.lock";

  static final int WORD = Long.BYTES;

  static final int MAGIC_OFFSET = 0;
  static final int VERSION_OFFSET = MAGIC_OFFSET + WORD;
  static final int FIRST_ROWS_OFFSET = VERSION_OFFSET + WORD;
  static final int SLOTS_OFFSET = FIRST_ROWS_OFFSET + WORD;
  static final int PARTICIPANTS_COUNT_OFFSET = SLOTS_OFFSET + WORD;
  static final int BUCKETS_OFFSET = PARTICIPANTS_COUNT_OFFSET + WORD;
  static final int SEED_OFFSET = BUCKETS_OFFSET + WORD;
  static final int CLOCK_OFFSET = 128;
  static final int ROWS_OFFSET = 192;
  static final int ROWS_BEGUN_OFFSET = ROWS_OFFSET + WORD;
  static final int FREE_ROWS_OFFSET = ROWS_BEGUN_OFFSET + WORD;
  static final int ROWS_USED_OFFSET = FREE_ROWS_OFFSET + WORD;
  static final int RECYCLING_OFFSET = 256;
  static final int UNSLOTTED_OFFSET = RECYCLING_OFFSET + WORD;
  static final int ROWS_REFUSED_OFFSET = UNSLOTTED_OFFSET + WORD;
  static final int HOLDS_RECOVERED_OFFSET = ROWS_REFUSED_OFFSET + WORD;
  static final int DAMAGE_OFFSET = HOLDS_RECOVERED_OFFSET + WORD;
  static final int AUDITED_OFFSET = 384;
  static final int HEADER_LENGTH = 4096;

  static final int PARTICIPANTS_OFFSET = HEADER_LENGTH;
  static final int PARTICIPANT_STRIDE = 64;
  static final int PARTICIPANT_STATE = 0;
  static final int PARTICIPANT_PID = PARTICIPANT_STATE + WORD;
  static final int PARTICIPANT_START = PARTICIPANT_PID + WORD;
  static final int PARTICIPANT_HEARTBEAT = PARTICIPANT_START + WORD;
  static final int PARTICIPANT_SLOTLESS = PARTICIPANT_HEARTBEAT + WORD;

  static final int ROW_BYTES = 256;
  static final int COUNTS_STRIDE = 64;
  static final int NAME_STRIDE = ROW_BYTES - COUNTS_STRIDE;
  static final int ROW_GENERATION = 0;
  static final int ROW_COMMITTED = ROW_GENERATION + WORD;
  static final int ROW_SETTLED = ROW_COMMITTED + WORD;
  static final int ROW_MARK = ROW_SETTLED + WORD;
  static final int ROW_PERIOD = ROW_MARK + WORD;
  static final int ROW_RATE = ROW_PERIOD + WORD;
  static final int ROW_EPOCH = ROW_RATE + WORD;
  static final int ROW_RING = ROW_EPOCH + WORD;
  static final int ROW_KEY_HIGH = ROW_RING + WORD;
  static final int ROW_KEY_LOW = ROW_KEY_HIGH + WORD;
  static final int ROW_NEXT = ROW_KEY_LOW + WORD;
  static final int ROW_RULE = ROW_NEXT + WORD;
  static final int ROW_KIND = ROW_RULE + WORD;
  static final int ROW_WINDOW_END = ROW_KIND + WORD;
  static final int ROW_LABEL_LENGTH = ROW_WINDOW_END + WORD;
  static final int ROW_CHECKSUM = ROW_LABEL_LENGTH + WORD;
  static final int ROW_TOLD = ROW_CHECKSUM + WORD;
  static final int ROW_LABEL = ROW_TOLD + WORD;
  static final int LABEL_BYTES = ROW_BYTES - ROW_LABEL;
  static final int RING_FIRST = ROW_GENERATION + WORD;
  static final int RING_LENGTH = (ROW_BYTES - RING_FIRST) / WORD;

  static final int SLOT_STRIDE = 256;
  static final int SLOT_CONTROL = 0;
  static final int SLOT_DEADLINE = SLOT_CONTROL + WORD;
  static final int SLOT_ENTRIES = SLOT_DEADLINE + WORD;
  static final int ENTRY_STRIDE = 3 * WORD;
  static final int ENTRY_ACCOUNT = 0;
  static final int ENTRY_HELD = ENTRY_ACCOUNT + WORD;
  static final int ENTRY_ACTUAL = ENTRY_HELD + WORD;
  static final int ENTRIES = (SLOT_STRIDE - SLOT_ENTRIES) / ENTRY_STRIDE;

  /** 256 MB of rows. */
  static final int MAX_ROWS = 1 << 20;

  private LedgerDescriptor() {}

  /**
   * How much a file holds; the header tells it to whoever opens the file.
   *
   * @param rows at first: a power of two up to 4,096, or a multiple of 4,096
   * @param slots a power of two
   * @param participants at most 2^16
   * @param buckets a power of two
   */
  record Sizes(int rows, int slots, int participants, int buckets) {
    /** Less than 4 MB. */
    static final Sizes DEFAULT = new Sizes(4096, 8192, 256);

    /** For a ledger that cannot grow. */
    static final Sizes PRIVATE = new Sizes(1 << 15, 2048, 1);

    private static final int MAX_BUCKETS = 1 << 16;
    private static final int MAX_BLOCK = 1 << 12;

    Sizes(int rows, int slots, int participants) {
      this(rows, slots, participants, Math.min(MAX_BUCKETS, Integer.highestOneBit(rows) * 16));
    }

    boolean valid() {
      return rows >= 2
          && isWholeBlocks(rows)
          && powerOfTwoUpTo(1 << 20, slots)
          && participants > 0
          && participants <= 1 << 16
          && powerOfTwoUpTo(1 << 24, buckets);
    }

    /** How many rows lie together. */
    int block() {
      return Math.min(MAX_BLOCK, Integer.highestOneBit(rows));
    }

    /** Whether a file can have so many rows. */
    boolean isWholeBlocks(long rowsNow) {
      return rowsNow > 0 && rowsNow <= MAX_ROWS && rowsNow % block() == 0;
    }

    int bucketsOffset() {
      return PARTICIPANTS_OFFSET + roundUpToPage(participants * PARTICIPANT_STRIDE);
    }

    int slotsOffset() {
      return bucketsOffset() + roundUpToPage(buckets * WORD);
    }

    int rowsOffset() {
      return slotsOffset() + slots * SLOT_STRIDE;
    }

    /** Of the new file. */
    long length() {
      return length(rows);
    }

    /** Of a file that has grown to so many rows. */
    long length(long rowsNow) {
      return rowsOffset() + rowsNow * ROW_BYTES;
    }

    /** How many rows there can be in a file of so many bytes. */
    long rowsIn(long length) {
      long rows = Math.max(0, length - rowsOffset()) / ROW_BYTES;
      return Math.min(MAX_ROWS, rows - rows % block());
    }

    private static boolean powerOfTwoUpTo(int most, int value) {
      return value > 0 && value <= most && Integer.bitCount(value) == 1;
    }

    private static int roundUpToPage(int bytes) {
      return (bytes + 4095) & -4096;
    }
  }
}
