package io.tokenmeter.engine.ledger;

import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_COMMITTED;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_KIND;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_RULE;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_SETTLED;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.ROW_WINDOW_END;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.SEED_OFFSET;
import static io.tokenmeter.engine.ledger.LedgerDescriptor.UNSLOTTED_OFFSET;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The shared-memory file in which all processes of a host debit the same rows. Thread-safe. Holding
 * and settling take no lock, no file and no system call; see {@link LedgerDescriptor} for the
 * layout and {@link Housekeeping} for what happens off the calls' threads.
 */
public final class Ledger implements AutoCloseable {
  /**
   * After this a hold whose call never ended is given back. Longer than any call: what is given
   * back can be spent twice if the call still ends.
   */
  static final long HOLD_LIFETIME_MILLIS = 3_600_000;

  private static final int BUDGET_SHARE_OF_TABLE = 7;
  private static final int OVERFLOW_SHARE_OF_TABLE = 8;

  private final Memory memory;
  private final Growth growth;
  private final Rows rows;
  private final Slots slots;
  private final Accounts accounts;
  private final ClockGuard clock;
  private final Settlement settlement;
  private final Prepayment prepayment;
  private final SpendTable spend;
  private final Housekeeping housekeeping;
  private final boolean shared;

  /** The recycler that a call waited for in vain; 0 for none. */
  private volatile long stuckRecycler;

  private Ledger(LedgerFile.Opened opened, InstantSource clock, @Nullable Neighbours neighbours)
      throws IOException {
    this.memory = opened.memory();
    this.growth = opened.growth();
    this.rows = new Rows(memory, opened.sizes());
    this.slots = new Slots(memory, opened.sizes(), rows);
    this.clock = new ClockGuard(memory, clock);
    this.accounts = new Accounts(memory, rows, this.clock);
    this.settlement = new Settlement(memory, rows, slots, accounts);
    this.prepayment = new Prepayment(this, memory, rows, accounts);
    this.spend = new SpendTable(this);
    this.shared = neighbours != null;
    this.housekeeping =
        new Housekeeping(
            memory,
            rows,
            slots,
            settlement,
            this.clock,
            new Recovery(memory, rows, slots, accounts),
            new Recycler(memory, rows, slots, accounts, this.clock),
            new WindowCloser(rows, new RecordedSums(memory, rows), this),
            growth,
            neighbours);
  }

  /**
   * Opens the host's ledger, creating it if it is not there.
   *
   * @param directory the state directory; created with owner-only permissions if missing
   * @throws IOException if it cannot be used; the caller falls back to {@link #inMemory}
   */
  public static Ledger open(Path directory, InstantSource clock) throws IOException {
    return open(directory, clock, Sizes.DEFAULT);
  }

  static Ledger open(Path directory, InstantSource clock, Sizes sizes) throws IOException {
    // An application's thread may come here with its interrupt set, which closes channels.
    boolean interrupted = Thread.interrupted();
    try {
      LedgerFile.Opened opened = LedgerFile.open(directory, sizes);
      int most = opened.sizes().participants();
      Participants participants = new Participants(opened.memory(), most, directory, clock);
      return new Ledger(opened, clock, new Neighbours(participants, directory));
    } catch (FileSystemException failed) {
      String reason =
          failed.getReason() == null ? failed.getClass().getSimpleName() : failed.getReason();
      throw new IOException(
          "the state directory %s cannot be used: %s: %s; expected a directory that this user can write"
              .formatted(directory, failed.getFile(), reason),
          failed);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** A private ledger that no other process sees. */
  public static Ledger inMemory(InstantSource clock) {
    return inMemory(clock, Sizes.PRIVATE);
  }

  static Ledger inMemory(InstantSource clock, Sizes sizes) {
    return over(LedgerFile.inProcess(sizes), clock);
  }

  /** A private ledger over words that are there already. */
  static Ledger over(LedgerFile.Opened opened, InstantSource clock) {
    try {
      return new Ledger(opened, clock, null);
    } catch (IOException impossible) {
      throw new AssertionError("a private ledger opens no file", impossible);
    }
  }

  /** Whether other processes share it; not if its file has been removed meanwhile. */
  public boolean isShared() {
    return shared && !housekeeping.isRemoved();
  }

  /** The time that windows go by when a clock shows this, both in epoch ms; see ClockGuard. */
  public long believedTime(long clockMillis) {
    return clock.believed(clockMillis);
  }

  /** The time that windows go by, by this ledger's own clock. */
  long now() {
    return clock.now();
  }

  /** A time that never goes back, ms, at a {@linkplain #believedTime believed time}. */
  long elapsed(long believed) {
    return clock.elapsed(believed);
  }

  /** Seed for the hashes of keys in this ledger. */
  public long hashSeed() {
    return memory.get(SEED_OFFSET);
  }

  /** A reference to the account with a key, or 0 if there is none. */
  public long find(long keyHigh, long keyLow) {
    return rows.find(keyHigh, keyLow);
  }

  /**
   * Begins a hold for a call.
   *
   * @param now a {@linkplain #believedTime believed time}
   */
  public LedgerHold begin(long now) {
    LedgerHold hold = newHold();
    hold.begin(now);
    return hold;
  }

  /** A hold that has not begun. */
  public LedgerHold newHold() {
    return new LedgerHold(this);
  }

  /** A slot for a hold, or -1 if there is none; then that is counted. */
  int claimSlot(long deadline, int hint) {
    int slot =
        housekeeping.isClosed() ? -1 : slots.claim(housekeeping.participant(), deadline, hint);
    // Who closes says so and then looks at the slots: one of the two sees the other. A slot that
    // nobody saw would stay claimed for ever if this process ended now.
    if (slot >= 0 && housekeeping.isClosed()) {
      slots.unclaim(slot, housekeeping.participant());
      slot = -1;
    }
    if (slot < 0) {
      memory.getAndAdd(UNSLOTTED_OFFSET, 1);
    }
    return slot;
  }

  /** An account at this moment. */
  public AccountState state(long ref) {
    int row = AccountRef.row(ref);
    long now = clock.now();
    // Settled first: it never passes what is committed afterwards.
    long settled = Math.max(0, rows.word(row, ROW_SETTLED));
    long expiry = accounts.expirySeen(ref, rows.offset(row), now);
    long committed = Math.max(settled, rows.word(row, ROW_COMMITTED));
    long used = accounts.inUnits(ref, Math.max(0, settled - expiry));
    long held = accounts.inUnits(ref, committed - settled);
    long windowEnd =
        AccountRef.isCalendar(ref) ? rows.word(row, ROW_WINDOW_END) : accounts.resetsAt(ref, now);
    return new AccountState(rows.word(row, ROW_RULE), rows.label(row), windowEnd, used, held);
  }

  /**
   * What will still be settled in an account, in its unit, if nothing more is until then: a bucket
   * refills, a window goes on or ends.
   *
   * @param at epoch ms, not before the present
   */
  public long settledBy(long ref, long at) {
    int row = AccountRef.row(ref);
    if (AccountRef.isCalendar(ref) && rows.word(row, ROW_WINDOW_END) <= at) {
      return 0;
    }
    long settled = Math.max(0, rows.word(row, ROW_SETTLED));
    long expiry = accounts.expiryBy(ref, rows.offset(row), at);
    return accounts.inUnits(ref, Math.max(0, settled - expiry));
  }

  /** All budget accounts of the windows that are open now. */
  public List<AccountState> accountStates() {
    long now = clock.now();
    List<AccountState> states = new ArrayList<>();
    for (int row = 0; row < rows.begun(); row++) {
      if (rows.isIntact(row)
          && AccountSpec.shape(rows.word(row, ROW_KIND)) != AccountShape.SPEND
          && rows.word(row, ROW_WINDOW_END) > now) {
        states.add(state(rows.ref(row)));
      }
    }
    return states;
  }

  /** The number of the last entry of the audit file, as far as anyone has told; 0 for none. */
  public long audited() {
    return memory.get(LedgerDescriptor.AUDITED_OFFSET);
  }

  /** Tells every process that the audit file has this entry. Never lowers the number. */
  public void audited(long entry) {
    memory.raise(LedgerDescriptor.AUDITED_OFFSET, entry);
  }

  /**
   * Shows every budget account, whether its window is open or has ended, without allocating. Rows
   * that come or go meanwhile may be missed.
   */
  public void visit(AccountVisitor visitor) {
    for (int row = 0; row < rows.begun(); row++) {
      if (rows.isLive(row) && AccountSpec.shape(rows.word(row, ROW_KIND)) != AccountShape.SPEND) {
        visitor.account(
            rows.ref(row),
            rows.word(row, LedgerDescriptor.ROW_RULE),
            rows.word(row, ROW_WINDOW_END));
      }
    }
  }

  /** Is shown accounts, one by one. */
  @FunctionalInterface
  public interface AccountVisitor {
    /**
     * @param ref names the account, as {@link #find} does
     * @param rule hash of its rule
     * @param windowEnd epoch ms; {@link Long#MAX_VALUE} if it has none
     */
    void account(long ref, long rule, long windowEnd);
  }

  /** What was charged to an account and still counts. */
  public long settled(long ref) {
    int row = AccountRef.row(ref);
    long settled = Math.max(0, rows.word(row, ROW_SETTLED));
    return AccountRef.isCalendar(ref)
        ? settled
        : accounts.inUnits(
            ref, Math.max(0, settled - accounts.expirySeen(ref, rows.offset(row), clock.now())));
  }

  /** Whether a reference still names the account that it was found for. */
  public boolean isCurrent(long ref) {
    return rows.isCurrent(ref);
  }

  /** What was told of an account so far; see {@link Marks}. */
  public long marks(long ref) {
    return memory.getVolatile(rows.at(AccountRef.row(ref), LedgerDescriptor.ROW_TOLD));
  }

  /**
   * Changes what was told of an account.
   *
   * @return whether this call changed it: only one process of all that try does
   */
  public boolean mark(long ref, long before, long after) {
    boolean counted = beginSlotless();
    try {
      return rows.isCurrent(ref)
          && memory.compareAndSet(
              rows.at(AccountRef.row(ref), LedgerDescriptor.ROW_TOLD), before, after);
    } finally {
      endSlotless(counted);
    }
  }

  /** Comes before a row is looked at that is then changed without a slot. */
  boolean beginSlotless() {
    return slots.slotless().begin(housekeeping.participant());
  }

  /**
   * @param counted what {@link #beginSlotless} returned
   */
  void endSlotless(boolean counted) {
    if (counted) {
      slots.slotless().end(housekeeping.participant());
    }
  }

  /** Has rows put on record from now on, by {@link #maintain}, when their window has closed. */
  public void keepStatements(ClosedRows sink) {
    housekeeping.statements(sink);
  }

  /**
   * Has rows put on record at once whose window has closed, unless another process has the host's
   * lock: it may be doing that.
   *
   * @return whether they were
   * @throws IOException as the sink does
   */
  public boolean closeWindows(ClosedRows sink) throws IOException {
    return housekeeping.closeNow(sink);
  }

  /** What was spent, by who pays and for what. */
  public SpendTable spend() {
    return spend;
  }

  /**
   * Shows that this process lives, gives back what dead processes held and what calls of this
   * process forgot, and takes rows back that are no longer needed. To be called about once a
   * second, from one thread at a time, not from a call's thread. Throws nothing.
   */
  public void maintain() {
    housekeeping.run();
    // Forgets one that goes on.
    recycler();
  }

  /**
   * Gives back what this process holds, and leaves. A hold that is settled later is still charged.
   */
  @Override
  public void close() {
    housekeeping.close();
  }

  /** The process that takes rows back at this moment, or died over it; 0 if there is none. */
  long recycler() {
    long recycler = memory.getVolatile(LedgerDescriptor.RECYCLING_OFFSET);
    if (recycler == 0 && stuckRecycler != 0) {
      stuckRecycler = 0;
    }
    return recycler;
  }

  /** Whether a call has waited for a recycler in vain: the others do not wait for it as well. */
  boolean isStuck(long recycler) {
    return recycler == stuckRecycler;
  }

  void gaveUpOn(long recycler) {
    stuckRecycler = recycler;
  }

  Growth growth() {
    return growth;
  }

  Memory memory() {
    return memory;
  }

  Rows rows() {
    return rows;
  }

  Slots slots() {
    return slots;
  }

  Accounts accounts() {
    return accounts;
  }

  Settlement settlement() {
    return settlement;
  }

  Prepayment prepayment() {
    return prepayment;
  }

  static int shareOfTable(boolean overflow) {
    return overflow ? OVERFLOW_SHARE_OF_TABLE : BUDGET_SHARE_OF_TABLE;
  }
}
