package org.kobako.boot.plan;

/** The computer that is being booted, as far as its network card has told. */
public record Machine(MacAddress mac, Architecture architecture, MachineFirmware firmware) {
  @Override
  public String toString() {
    return mac + " (" + architecture.debianName() + ")";
  }
}
