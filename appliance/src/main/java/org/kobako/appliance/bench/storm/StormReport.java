package org.kobako.appliance.bench.storm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.kobako.appliance.bench.BenchRow;
import org.kobako.block.client.cli.Json;

/** What a run of the suite leaves behind: rows as JSON, pictures, and a page with all. */
public final class StormReport {
  private static final String CURVE = "gigabit";
  private static final int CURVE_BOXES = 4;

  private StormReport() {}

  public static String json(Storms storms) {
    Json json = new Json().beginArray();
    storms.rows().forEach(row -> row.writeTo(json));
    return json.endArray().toString();
  }

  /** Writes {@code storm.json}, {@code storm.svg}, {@code storm-180.svg} and {@code storm.md}. */
  public static void write(Path directory, Storms storms) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("storm.json"), json(storms) + "\n");
    Files.writeString(directory.resolve("storm.svg"), StormPicture.of(storms));
    List<Storms.Prediction> curve =
        storms.predictions().stream()
            .filter(each -> each.what().equals(CURVE) && each.boxes() == CURVE_BOXES)
            .toList();
    Files.writeString(
        directory.resolve("storm-180.svg"),
        StormPicture.ofPredictions(
            curve, "Predicted: the last of so many machines, four boxes, gigabit; seconds"));
    Files.writeString(directory.resolve("storm.md"), page(storms));
  }

  private static String page(Storms storms) {
    StringBuilder page = new StringBuilder();
    page.append(
        format(
            """
            # Storm

            So many machines are switched on at once before so many boxes, each of which has a link of
            100 Mbit/s, in network namespaces of one computer. Boxes are real; machines are stand-ins
            that ask for what one real machine asked for, in its order and with its waits, and think
            %.0f times as fast: it was emulated instruction by instruction. The length of every answer
            is compared, and the digest of one block in 16.

            The trace: %s It has %d requests, %.1f MB, and takes %.1f s of thinking here.

            ![Worst boot by machines](storm.svg)

            | row | ours | peer | ratio | unit | |
            |---|---|---|---|---|---|
            """,
            storms.fitted().machineSpeed(),
            storms.trace().what(),
            storms.trace().requests().size(),
            storms.trace().bytes() / 1e6,
            storms.trace().thinkSeconds() / storms.fitted().machineSpeed()));
    for (BenchRow row : storms.rows()) {
      page.append(
          format(
              "| `%s` | %.2f | %s | %s | %s | %s |%n",
              row.name(),
              row.ours(),
              row.peer() == null ? "" : format("%.2f", row.peer()),
              row.ratio() == null ? "" : format("%.2f", row.ratio()),
              row.unit(),
              row.note()));
    }
    page.append(
        format(
            """

            All of it ran on one computer with %d cores, which boxes, machines and links shared, and other
            work, if there was any. What a box's link alone takes for the bytes of its machines is in the
            notes: a boot that takes much longer than that and the thinking waited for the cores. CPU
            time has the start of each box's VM in it, which weighs most where little was read.

            ## The model

            Machines, boxes and links as events, without a network. An answer takes %.2f ms beside its
            bytes, which is fitted to the first point; a box's CPU time is as measured, %.2f s/GB; all
            else is known beforehand.

            | machines | boxes | measured s | model s | error |
            |---|---|---|---|---|
            """,
            Runtime.getRuntime().availableProcessors(),
            storms.fitted().answerSeconds() * 1e3,
            storms.fitted().boxCpuSecondsPerByte() * 1e9));
    for (Storms.Compared each : storms.compared()) {
      page.append(
          format(
              "| %d | %d | %.1f | %.1f | %+.1f %% |%n",
              each.point().machines(),
              each.point().boxes(),
              each.point().worstSeconds(),
              each.modelSeconds(),
              100 * each.error()));
    }
    page.append(
        """

        What it predicts, of boxes with the CPU of this computer that have in memory what they serve:

        | links | machines | boxes | worst s | median s | boxes send GB | from behind GB |
        |---|---|---|---|---|---|---|
        """);
    for (Storms.Prediction each : storms.predictions()) {
      page.append(
          format(
              "| %s | %d | %d | %.1f | %.1f | %.1f | %.1f |%n",
              each.what(),
              each.machines(),
              each.boxes(),
              each.outcome().worstSeconds(),
              each.outcome().medianSeconds(),
              each.outcome().boxBytes() / 1e9,
              each.outcome().upstreamBytes() / 1e9));
    }
    page.append("\n![A classroom at gigabit](storm-180.svg)\n");
    return page.toString();
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }
}
