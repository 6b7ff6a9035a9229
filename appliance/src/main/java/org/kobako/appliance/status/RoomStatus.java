package org.kobako.appliance.status;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.kobako.block.client.cli.Json;

/**
 * What a box knows of its room, at one moment.
 *
 * @param box the name of this one
 * @param zone of the room's names
 * @param policy by which disks move
 * @param boxes all that are there, and those that left lately
 * @param disks where each is
 * @param events of the last time, the newest first
 * @param ignoredHeartbeats how many did nothing, by the reason
 */
public record RoomStatus(
    String box,
    String zone,
    String policy,
    List<Box> boxes,
    List<PlacedDisk> disks,
    List<Event> events,
    Map<String, Long> ignoredHeartbeats,
    Questions questions) {

  /** How a box is thought of. */
  public enum State {
    HEALTHY,
    /** It gets no new machines, and those that it has leave. */
    DRAINING,
    /** Nothing was heard of it for three seconds. */
    DOWN
  }

  /**
   * A box as it was heard last.
   *
   * @param machines that the DNS sent there
   * @param failing its services that do not answer
   * @param images names and versions
   */
  public record Box(
      String name,
      String address,
      State state,
      int loadLevel,
      int priority,
      int machines,
      List<String> failing,
      List<String> images) {}

  /** One disk of a machine, and the box that it is at. */
  public record PlacedDisk(String machine, int number, String box) {}

  /**
   * Something that happened.
   *
   * @param what a sentence
   */
  public record Event(Duration ago, String what) {}

  /**
   * What the DNS was asked.
   *
   * @param answered questions
   * @param tooMany beyond what one network may ask
   * @param malformed no questions
   */
  public record Questions(long answered, long tooMany, long malformed) {}

  void writeTo(Json json) {
    json.beginObject().name("box").value(box).name("zone").value(zone);
    json.name("policy").value(policy);
    json.name("boxes").beginArray();
    boxes.forEach(one -> write(one, json));
    json.endArray().name("disks").beginArray();
    for (PlacedDisk disk : disks) {
      json.beginObject().name("machine").value(disk.machine());
      json.name("disk").value(disk.number()).name("box").value(disk.box()).endObject();
    }
    json.endArray().name("events").beginArray();
    for (Event event : events) {
      json.beginObject().name("seconds-ago").value(event.ago().toSeconds());
      json.name("what").value(event.what()).endObject();
    }
    json.endArray().name("ignored-heartbeats").beginObject();
    ignoredHeartbeats.forEach((why, count) -> json.name(why).value(count));
    json.endObject().name("dns").beginObject();
    json.name("answered").value(questions.answered());
    json.name("too-many").value(questions.tooMany());
    json.name("malformed").value(questions.malformed());
    json.endObject().endObject();
  }

  private static void write(Box box, Json json) {
    json.beginObject().name("name").value(box.name()).name("address").value(box.address());
    json.name("state").value(box.state().name().toLowerCase(Locale.ROOT));
    json.name("load-level").value(box.loadLevel()).name("priority").value(box.priority());
    json.name("machines").value(box.machines());
    json.name("failing").beginArray();
    box.failing().forEach(json::value);
    json.endArray().name("images").beginArray();
    box.images().forEach(json::value);
    json.endArray().endObject();
  }
}
