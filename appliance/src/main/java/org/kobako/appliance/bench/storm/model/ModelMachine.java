package org.kobako.appliance.bench.storm.model;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.kobako.appliance.bench.storm.BootTrace;
import org.kobako.appliance.bench.storm.BootTrace.Request;

/** A machine that boots: what the trace says, over connections with one request at a time. */
final class ModelMachine {
  private static final double US = 1e-6;

  private final Events events;
  private final Parameters parameters;
  private final Script script;
  private final ModelBox box;

  /** Requests that wait for their connection; a connection is in it while it is used. */
  private final Map<Integer, Deque<Integer>> used = new HashMap<>();

  private double endAt;

  ModelMachine(Events events, Parameters parameters, Script script, ModelBox box) {
    this.events = events;
    this.parameters = parameters;
    this.script = script;
    this.box = box;
  }

  void switchOn() {
    script.waitingFor(BootTrace.NONE).forEach(this::plan);
  }

  private void plan(int number) {
    double seconds = script.request(number).thinkUs() * US / parameters.machineSpeed();
    events.in(seconds, () -> ask(number));
  }

  private void ask(int number) {
    Request request = script.request(number);
    Deque<Integer> queue = used.get(request.connection());
    if (queue != null) {
      queue.add(number);
      return;
    }
    used.put(request.connection(), new ArrayDeque<>());
    double asked = events.now();
    box.answer(
        script.what(number),
        request.bytes(),
        () -> {
          // Its own link takes as long as it takes, if the box's was faster.
          double least = request.bytes() / parameters.machineLink() - (events.now() - asked);
          events.in(Math.max(0, least) + parameters.answerSeconds(), () -> answered(number));
        });
  }

  private void answered(int number) {
    endAt = events.now();
    int connection = script.request(number).connection();
    Deque<Integer> queue = used.remove(connection);
    script.waitingFor(number).forEach(this::plan);
    if (queue != null && !queue.isEmpty()) {
      int next = queue.remove();
      ask(next);
      Deque<Integer> now = used.get(connection);
      if (now != null) {
        now.addAll(queue);
      }
    }
  }

  double seconds() {
    return endAt;
  }
}
