package org.kobako.appliance.status;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.kobako.block.client.cli.Json;
import org.kobako.caching.proxy.ProxyStatus;
import org.kobako.caching.proxy.fetch.FetchStatus;

/**
 * All that a box says of itself, at one moment.
 *
 * @param url where it is reached
 * @param uptime since it began to start
 * @param services all there are, those that are off included
 * @param firmware empty for a box that is a process on somebody's machine
 * @param room empty for a box that boots no machines
 * @param proxy empty for a box without upstreams
 * @param machinesSeen machines whose firmware asked for a boot, at most 4096
 */
public record BoxStatus(
    String url,
    Duration uptime,
    List<ServiceStatus> services,
    ConfigStatus config,
    Optional<FirmwareStatus> firmware,
    Optional<RoomStatus> room,
    Optional<ProxyStatus> proxy,
    int machinesSeen,
    MemoryFigures memory) {

  /** Whether every service that is switched on answered the box's own check. */
  public boolean isSound() {
    return services.stream().allMatch(ServiceStatus::isSound);
  }

  /** Tables for people; programs read {@link #json}. */
  public String text() {
    return StatusText.of(this);
  }

  /** One line of JSON; readers go by names, and pass over those they do not know. */
  public String json() {
    Json json = new Json().beginObject();
    json.name("url").value(url);
    json.name("uptime-seconds").value(uptime.toSeconds());
    json.name("sound").value(isSound());
    json.name("services").beginArray();
    for (ServiceStatus service : services) {
      json.beginObject().name("name").value(service.name());
      json.name("state").value(service.state().name().toLowerCase(Locale.ROOT));
      if (!service.why().isEmpty()) {
        json.name("why").value(service.why());
      }
      json.endObject();
    }
    json.endArray();
    writeConfig(json.name("config"));
    firmware.ifPresent(it -> write(it, json.name("firmware")));
    room.ifPresent(it -> it.writeTo(json.name("room")));
    proxy.ifPresent(it -> write(it, json.name("proxy")));
    json.name("machines-seen").value(machinesSeen);
    write(memory, json.name("memory"));
    return json.endObject().toString();
  }

  private void writeConfig(Json json) {
    json.beginObject().name("used").value(config.used().word());
    config.file().ifPresent(file -> json.name("file").value(file.toString()));
    json.name("refused").beginArray();
    config.refused().forEach(json::value);
    json.endArray().endObject();
  }

  private static void write(FirmwareStatus firmware, Json json) {
    json.beginObject().name("target").value(firmware.target());
    json.name("slot").value(firmware.slot());
    json.name("version").value(firmware.version());
    firmware.update().ifPresent(sentence -> json.name("update").value(sentence));
    firmware.next().ifPresent(version -> json.name("next-version").value(version));
    json.name("troubles").beginArray();
    firmware.troubles().forEach(json::value);
    json.endArray().endObject();
  }

  private static void write(ProxyStatus proxy, Json json) {
    json.beginObject().name("blocks").value(proxy.blocks());
    json.name("used-bytes").value(proxy.usedBytes());
    json.name("quota-bytes").value(proxy.quotaBytes());
    json.name("asked").value(proxy.fetches().asked());
    json.name("fetched-bytes").value(proxy.fetches().bytes());
    json.name("coalesced").value(proxy.fetches().coalesced());
    json.name("unusable").value(proxy.fetches().unusable());
    json.name("upstreams").beginArray();
    for (FetchStatus.OfUpstream upstream : proxy.fetches().upstreams()) {
      json.beginObject().name("url").value(upstream.url().toString());
      json.name("state").value(upstream.state().toLowerCase(Locale.ROOT)).endObject();
    }
    json.endArray().endObject();
  }

  private static void write(MemoryFigures memory, Json json) {
    json.beginObject().name("resident-kib").value(memory.residentKib());
    json.name("private-kib").value(memory.privateKib());
    json.name("heap-kib").value(memory.heapKib());
    json.name("max-heap-kib").value(memory.maxHeapKib());
    json.name("available-kib").value(memory.availableKib());
    json.endObject();
  }
}
