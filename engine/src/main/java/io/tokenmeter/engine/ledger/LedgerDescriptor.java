package io.tokenmeter.engine.ledger;

/**
 * The layout of the ledger file, version {@value #VERSION}. Every field is a 64-bit word, little
 * endian, at a multiple of eight bytes; what the table calls acquire is read with acquire and
 * written with release semantics, what it calls CAS is only ever changed by an atomic
 * read-modify-write. The file never grows or shrinks: it must not be truncated while a process has
 * it open, for the JVM does not survive a CAS on a page that is gone.
 *
 * <pre>
 *  +-------------------+ 0
 *  | header            |   4,096 bytes
 *  +-------------------+ PARTICIPANTS_OFFSET
 *  | participant 0     |   64 bytes each: one for each open ledger of any process
 *  | ...               |
 *  +-------------------+ rowsOffset
 *  | row 0             |   256 bytes each: one for each budget or spend account in a window
 *  | ...               |
 *  +-------------------+ slotsOffset
 *  | slot 0            |   256 bytes each: one for each ten rows that a call holds
 *  | ...               |
 *  +-------------------+ file length
 *
 *  header          0  magic              written once, before the file gets its name
 *                  8  version
 *                 16  file length, bytes
 *                 24  rows               a power of two
 *                 32  slots              a power of two
 *                 40  participants
 *                 48  hash seed
 *                128  high water         CAS      latest time seen, epoch ms
 *                136  clock era          CAS      how often the clock was set back for good
 *                256  recycling          acquire  1 while rows are taken back
 *                264  rows used          CAS
 *                272  unslotted holds    CAS      holds for which no slot was free, ever
 *                280  rows refused       CAS      rows for which there was no room, ever
 *                288  holds recovered    CAS      holds given back for the dead, ever
 *                384  audited            CAS      number of the last entry of the audit file
 *
 *  participant     0  state              acquire  0 free, 1 taken
 *                  8  pid                acquire
 *                 16  process start      acquire  epoch ms; 0 where the system does not say
 *                 24  heartbeat          acquire  epoch ms
 *
 *  row             0  key, high          CAS      0 free, -1 free and passed by probes, -2 retired
 *                  8  key, low           CAS
 *                 16  generation         acquire  counts how often the row was taken back
 *                 24  rule               acquire  hash of the rule, to find its rows
 *                 32  kind               acquire  see AccountKind
 *                 40  window end         acquire  epoch ms; Long.MAX_VALUE if it has none
 *                 48  epoch              CAS      when a refilling bucket was first full, epoch ms
 *                 56  rate               acquire  refilling bucket: units a minute
 *                 64  committed          CAS      settled + held; spend row: tokens
 *                 72  settled            CAS      only grows; spend row: nano-USD
 *                 80  calls              CAS      spend row
 *                 88  label length       acquire  1 + bytes; 0 until all fields above are set
 *                 96  (unused)
 *                112  unpriced           CAS      spend row: calls whose model has no price
 *                120  marks              CAS      see Marks: what was told of the row
 *                128  label              128 bytes of UTF-8: scope, cut off where it is longer
 *
 *  slot            0  control            CAS      generation : 40 | participant : 16 | state : 8
 *                  8  deadline           acquire  epoch ms, after which the owner gives it back
 *                 16  entry 0..9         24 bytes each: what the slot's call holds of one row
 *
 *  entry           0  account            acquire  row generation : 32 | row : 24 | kind : 4 | phase : 4
 *                  8  held               acquire  in the row's unit
 *                 16  actual             acquire  in the row's unit; valid in state CHARGING
 * </pre>
 */
final class LedgerDescriptor {
  static final long VERSION = 2;

  /** "TOKMETER" in ASCII, read as a little-endian word. */
  static final long MAGIC = 0x5245_5445_4d4b_4f54L;

  static final String FILE_NAME = "ledger-v" + VERSION + ".tm";
  static final String LOCK_NAME = "ledger-v" + VERSION + ".lock";

  static final int WORD = Long.BYTES;

  static final int MAGIC_OFFSET = 0;
  static final int VERSION_OFFSET = MAGIC_OFFSET + WORD;
  static final int LENGTH_OFFSET = VERSION_OFFSET + WORD;
  static final int ROWS_OFFSET = LENGTH_OFFSET + WORD;
  static final int SLOTS_OFFSET = ROWS_OFFSET + WORD;
  static final int PARTICIPANTS_COUNT_OFFSET = SLOTS_OFFSET + WORD;
  static final int SEED_OFFSET = PARTICIPANTS_COUNT_OFFSET + WORD;
  static final int HIGH_WATER_OFFSET = 128;
  static final int CLOCK_ERA_OFFSET = HIGH_WATER_OFFSET + WORD;
  static final int RECYCLING_OFFSET = 256;
  static final int ROWS_USED_OFFSET = RECYCLING_OFFSET + WORD;
  static final int UNSLOTTED_OFFSET = ROWS_USED_OFFSET + WORD;
  static final int ROWS_REFUSED_OFFSET = UNSLOTTED_OFFSET + WORD;
  static final int HOLDS_RECOVERED_OFFSET = ROWS_REFUSED_OFFSET + WORD;
  static final int AUDITED_OFFSET = 384;
  static final int HEADER_LENGTH = 4096;

  static final int PARTICIPANTS_OFFSET = HEADER_LENGTH;
  static final int PARTICIPANT_STRIDE = 64;
  static final int PARTICIPANT_STATE = 0;
  static final int PARTICIPANT_PID = PARTICIPANT_STATE + WORD;
  static final int PARTICIPANT_START = PARTICIPANT_PID + WORD;
  static final int PARTICIPANT_HEARTBEAT = PARTICIPANT_START + WORD;

  static final int ROW_STRIDE = 256;
  static final int ROW_KEY_HIGH = 0;
  static final int ROW_KEY_LOW = ROW_KEY_HIGH + WORD;
  static final int ROW_GENERATION = ROW_KEY_LOW + WORD;
  static final int ROW_RULE = ROW_GENERATION + WORD;
  static final int ROW_KIND = ROW_RULE + WORD;
  static final int ROW_WINDOW_END = ROW_KIND + WORD;
  static final int ROW_EPOCH = ROW_WINDOW_END + WORD;
  static final int ROW_RATE = ROW_EPOCH + WORD;
  static final int ROW_COMMITTED = ROW_RATE + WORD;
  static final int ROW_SETTLED = ROW_COMMITTED + WORD;
  static final int ROW_CALLS = ROW_SETTLED + WORD;
  static final int ROW_LABEL_LENGTH = ROW_CALLS + WORD;
  static final int ROW_UNPRICED = 112;
  static final int ROW_MARKS = ROW_UNPRICED + WORD;
  static final int ROW_LABEL = 128;
  static final int LABEL_BYTES = ROW_STRIDE - ROW_LABEL;

  static final int SLOT_STRIDE = 256;
  static final int SLOT_CONTROL = 0;
  static final int SLOT_DEADLINE = SLOT_CONTROL + WORD;
  static final int SLOT_ENTRIES = SLOT_DEADLINE + WORD;
  static final int ENTRY_STRIDE = 3 * WORD;
  static final int ENTRY_ACCOUNT = 0;
  static final int ENTRY_HELD = ENTRY_ACCOUNT + WORD;
  static final int ENTRY_ACTUAL = ENTRY_HELD + WORD;
  static final int ENTRIES = (SLOT_STRIDE - SLOT_ENTRIES) / ENTRY_STRIDE;

  private LedgerDescriptor() {}

  /**
   * How much a file holds; the header tells it to whoever opens the file.
   *
   * @param rows a power of two, at least 2 and at most 2^24
   * @param slots a power of two
   * @param participants at most 2^16
   */
  record Sizes(int rows, int slots, int participants) {
    /** About 3 MB. */
    static final Sizes DEFAULT = new Sizes(4096, 8192, 256);

    boolean valid() {
      return powerOfTwoUpTo(1 << 22, rows)
          && rows >= 2
          && powerOfTwoUpTo(1 << 22, slots)
          && participants > 0
          && participants <= 1 << 16
          && length() <= Integer.MAX_VALUE;
    }

    int rowsOffset() {
      return PARTICIPANTS_OFFSET + roundUpToPage(participants * PARTICIPANT_STRIDE);
    }

    int slotsOffset() {
      return rowsOffset() + rows * ROW_STRIDE;
    }

    long length() {
      return PARTICIPANTS_OFFSET
          + (long) roundUpToPage(participants * PARTICIPANT_STRIDE)
          + (long) rows * ROW_STRIDE
          + (long) slots * SLOT_STRIDE;
    }

    private static boolean powerOfTwoUpTo(int most, int value) {
      return value > 0 && value <= most && Integer.bitCount(value) == 1;
    }

    private static int roundUpToPage(int bytes) {
      return (bytes + 4095) & -4096;
    }
  }
}
