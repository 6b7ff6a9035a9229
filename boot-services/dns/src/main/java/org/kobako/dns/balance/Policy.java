package org.kobako.dns.balance;

/** When a disk may move to another box. */
public enum Policy {
  /** Only when its own fails, or is drained: caches there stay warm. */
  AT_BOOT,
  /** Whenever another is better by more than what moving costs. */
  DYNAMIC
}
