package org.kobako.appliance.status;

/**
 * How a service of a box is.
 *
 * @param why it is not answering, half a sentence; empty where that needs no reason
 */
public record ServiceStatus(String name, State state, String why) {
  /** What the box's own check came to. */
  public enum State {
    /** Not switched on. */
    OFF,
    /** Not asked yet. */
    STARTING,
    ANSWERING,
    FAILING
  }

  public static ServiceStatus off(String name, String why) {
    return new ServiceStatus(name, State.OFF, why);
  }

  public static ServiceStatus starting(String name) {
    return new ServiceStatus(name, State.STARTING, "");
  }

  public static ServiceStatus answering(String name) {
    return new ServiceStatus(name, State.ANSWERING, "");
  }

  public static ServiceStatus failing(String name, String why) {
    return new ServiceStatus(name, State.FAILING, why);
  }

  /** Whether it does all that it is to do. */
  boolean isSound() {
    return state == State.ANSWERING || state == State.OFF;
  }
}
