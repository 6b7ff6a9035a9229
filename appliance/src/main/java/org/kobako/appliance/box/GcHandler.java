package org.kobako.appliance.box;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.kobako.appliance.life.GcText;
import org.kobako.appliance.life.MachineLines;
import org.kobako.packer.GcReport;
import org.kobako.packer.Progress;
import org.kobako.packer.Retention;
import org.kobako.packer.StoreCollector;
import org.kobako.packer.StoreDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /gc?keep=2&grace-seconds=86400}, for who has the admin secret: removes what nobody
 * reads, by what the box knows of its machines. With {@code dry-run=yes} it only says what would
 * go; with {@code json=yes} it says it to a program. Holds a thread while it lasts; the store's
 * lock lets one through at a time.
 */
final class GcHandler extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(GcHandler.class);

  private static final String PATH = "/gc";
  private static final String YES = "yes";

  private final Path store;
  private final AdminGate gate;
  private final Supplier<MachineLines> machines;

  GcHandler(Path store, AdminGate gate, Supplier<MachineLines> machines) {
    this.store = store;
    this.gate = gate;
    this.machines = machines;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    if (!request.getHttpURI().getPath().equals(PATH)) {
      return false;
    }
    if (!HttpMethod.POST.is(request.getMethod())) {
      response.getHeaders().put(HttpHeader.ALLOW, "POST");
      StatusHandler.say(
          HttpStatus.METHOD_NOT_ALLOWED_405, "a gc is asked for with POST", response, callback);
    } else if (gate.admits("gc", request, response, callback)) {
      collect(request, response, callback);
    }
    return true;
  }

  private void collect(Request request, Response response, Callback callback) {
    Fields query = Request.extractQueryParameters(request);
    Optional<Long> keep = number(query, "keep", 1, Integer.MAX_VALUE);
    Optional<Long> graceSeconds = number(query, "grace-seconds", 0, Integer.MAX_VALUE);
    if (keep.isEmpty() || graceSeconds.isEmpty()) {
      StatusHandler.say(
          HttpStatus.BAD_REQUEST_400,
          "a gc is asked for as /gc?keep=2&grace-seconds=86400, with at least one version to keep",
          response,
          callback);
      return;
    }
    Duration grace = Duration.ofSeconds(graceSeconds.get());
    MachineLines known = machines.get();
    Optional<String> tooEarly = known.whyTooEarly(grace);
    if (tooEarly.isPresent()) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, "60");
      StatusHandler.say(
          HttpStatus.SERVICE_UNAVAILABLE_503, "the box " + tooEarly.get(), response, callback);
      return;
    }
    Retention retention = new Retention(keep.get().intValue(), grace, known.inUse());
    try {
      StoreDirectory directory = StoreDirectory.open(store);
      GcReport report =
          isYes(query, "dry-run")
              ? StoreCollector.dryRun(directory, retention, Progress.NONE)
              : StoreCollector.gcUnlessBusy(directory, retention, Progress.NONE);
      LOG.info("gc: for {}: {}", Request.getRemoteAddr(request), GcText.text(report));
      StatusHandler.answer(
          HttpStatus.OK_200,
          "text/plain",
          (isYes(query, "json") ? GcText.json(report) : GcText.text(report)) + "\n",
          response,
          callback);
    } catch (IOException e) {
      StoreFailure.answer("gc", e, response, callback);
    }
  }

  private static boolean isYes(Fields query, String name) {
    return YES.equals(query.getValue(name));
  }

  private static Optional<Long> number(Fields query, String name, long min, long max) {
    String text = query.getValue(name);
    if (text == null || !text.matches("[0-9]{1,10}")) {
      return Optional.empty();
    }
    long number = Long.parseLong(text);
    return number >= min && number <= max ? Optional.of(number) : Optional.empty();
  }
}
