package io.tokenmeter.javaagent.runtime;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Objects by identity, for as long as something else holds them. Thread-safe. */
public final class WeakIdentitySet {
  private final Set<Object> members = ConcurrentHashMap.newKeySet();
  private final ReferenceQueue<Object> dead = new ReferenceQueue<>();

  public void add(Object member) {
    for (Reference<?> gone = dead.poll(); gone != null; gone = dead.poll()) {
      members.remove(gone);
    }
    members.add(new Member(member, dead));
  }

  public boolean contains(Object candidate) {
    return !members.isEmpty() && members.contains(new Probe(candidate));
  }

  /** Whether it was one of the members. */
  public boolean remove(Object member) {
    return !members.isEmpty() && members.remove(new Probe(member));
  }

  int size() {
    return members.size();
  }

  private static final class Member extends WeakReference<Object> {
    private final int hash;

    Member(Object object, ReferenceQueue<Object> queue) {
      super(object, queue);
      hash = System.identityHashCode(object);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(Object other) {
      Object object = get();
      return this == other || (object != null && other instanceof Member m && m.refersTo(object));
    }
  }

  /** Looks a member up without a reference of its own. */
  private record Probe(Object object) {
    @Override
    public int hashCode() {
      return System.identityHashCode(object);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Member member && member.refersTo(object);
    }
  }
}
