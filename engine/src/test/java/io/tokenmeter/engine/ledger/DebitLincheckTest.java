package io.tokenmeter.engine.ledger;

import io.tokenmeter.engine.ledger.LedgerDescriptor.Sizes;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * Three threads hold, settle and release in one account. Each step has the outcome that it would
 * have if they took turns: a hold is refused if, and only if, what is settled and held leaves no
 * room at one moment.
 */
@Param(name = "amount", gen = IntGen.class, conf = "1:6")
public class DebitLincheckTest {
  private static final long LIMIT = 10;

  private final Ledger ledger =
      Ledger.inMemory(new FakeClock("2026-11-22T10:00:00Z"), new Sizes(16, 16, 4));
  private final long account = create(ledger);
  private final List<LedgerHold> holds = new ArrayList<>();

  private static long create(Ledger ledger) {
    LedgerHold hold = ledger.begin(ledger.now());
    long ref =
        hold.create(1, 1, AccountSpec.until(Long.MAX_VALUE, 1, AccountUnit.TOKENS, ""), false);
    hold.release();
    return ref;
  }

  /** What is held is settled at once, for less: the account keeps the rest free. */
  @Operation
  public boolean spend(@Param(name = "amount") int amount) {
    LedgerHold hold = ledger.begin(ledger.now());
    if (hold.take(account, amount, LIMIT, false) != LedgerHold.Taken.WITHIN) {
      hold.release();
      return false;
    }
    hold.complete();
    hold.settle(amount, 0);
    return true;
  }

  /** Holds for good. */
  @Operation
  public boolean hold(@Param(name = "amount") int amount) {
    LedgerHold hold = ledger.begin(ledger.now());
    boolean within = hold.take(account, amount, LIMIT, false) == LedgerHold.Taken.WITHIN;
    if (within) {
      hold.complete();
      synchronized (holds) {
        holds.add(hold);
      }
    } else {
      hold.release();
    }
    return within;
  }

  /** All that fits: whatever the others do, the account is never beyond its limit. */
  @Operation
  public long holdWhatIsLeft() {
    LedgerHold hold = ledger.begin(ledger.now());
    long taken = hold.takeUpTo(account, LIMIT, LIMIT);
    hold.complete();
    return taken;
  }

  @Operation
  public long committed() {
    return ledger.rows().word(AccountRef.row(account), LedgerDescriptor.ROW_COMMITTED);
  }

  /** The plain truth. */
  public static final class Account {
    private long committed;

    public boolean spend(int amount) {
      return hold(amount);
    }

    public boolean hold(int amount) {
      if (committed + amount > LIMIT) {
        return false;
      }
      committed += amount;
      return true;
    }

    public long holdWhatIsLeft() {
      long left = LIMIT - committed;
      committed = LIMIT;
      return left;
    }

    public long committed() {
      return committed;
    }
  }

  @Test
  void everyInterleaving_isAsIfTheyTookTurns() {
    new StressOptions()
        .iterations(15)
        .invocationsPerIteration(400)
        .threads(3)
        .actorsPerThread(3)
        .sequentialSpecification(Account.class)
        .check(DebitLincheckTest.class);
  }
}
