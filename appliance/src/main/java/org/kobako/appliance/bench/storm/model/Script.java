package org.kobako.appliance.bench.storm.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.kobako.appliance.bench.storm.BootTrace;
import org.kobako.appliance.bench.storm.BootTrace.Asked;
import org.kobako.appliance.bench.storm.BootTrace.Request;

/** A boot trace as machines play it: for each answer, what is asked after it. */
final class Script {
  private final List<Request> requests;
  private final List<Integer> whats = new ArrayList<>();

  /** The first is of power-on. */
  private final List<List<Integer>> waitingFor = new ArrayList<>();

  Script(BootTrace trace) {
    this.requests = trace.requests();
    Map<Asked, Integer> numbers = new HashMap<>();
    waitingFor.add(new ArrayList<>());
    for (int i = 0; i < requests.size(); i++) {
      waitingFor.add(new ArrayList<>());
      int fresh = numbers.size();
      whats.add(numbers.computeIfAbsent(requests.get(i).asked(), asked -> fresh));
      waitingFor.get(requests.get(i).after() + 1).add(i);
    }
  }

  Request request(int number) {
    return requests.get(number);
  }

  /** The same number for requests of the same thing. */
  int what(int number) {
    return whats.get(number);
  }

  /**
   * What is asked after an answer.
   *
   * @param number of its request; {@link BootTrace#NONE} for power-on
   */
  List<Integer> waitingFor(int number) {
    return waitingFor.get(number + 1);
  }
}
