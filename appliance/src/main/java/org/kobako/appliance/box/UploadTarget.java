package org.kobako.appliance.box;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kobako.block.format.ImageName;

/** What a request of an uploader is about, by its method and path; pure. */
sealed interface UploadTarget {
  ImageName image();

  /** {@code GET /upload/NAME}: how the image stands. */
  record Standing(ImageName image) implements UploadTarget {}

  /** {@code PUT /upload/NAME/VERSION.index}: begins an upload, which gets a number. */
  record Index(ImageName image, long version) implements UploadTarget {}

  /** {@code GET /upload/NAME/NUMBER/missing/FROM}: which blocks to send, from one on. */
  record Missing(ImageName image, long upload, int from) implements UploadTarget {}

  /** {@code PUT /upload/NAME/NUMBER/blocks/BLOCK}: a block, by its ordinal. */
  record Block(ImageName image, long upload, int block) implements UploadTarget {}

  /** {@code POST /upload/NAME/NUMBER/current}: it is whole, and current from now on. */
  record Publish(ImageName image, long upload) implements UploadTarget {}

  /** {@code DELETE /upload/NAME/NUMBER}: it ends without that. */
  record End(ImageName image, long upload) implements UploadTarget {}

  String PREFIX = "/upload/";

  Pattern PATH =
      Pattern.compile(
          "/upload/([^/]{1,64})"
              + "(?:/([1-9][0-9]{0,17})\\.index|/([1-9][0-9]{0,18})"
              + "(?:/(missing|blocks)/(0|[1-9][0-9]{0,8})|/(current))?)?");

  /** Empty where no uploader asks so. */
  static Optional<UploadTarget> of(String method, String path) {
    Matcher parts = PATH.matcher(path);
    if (!parts.matches() || !ImageName.isValid(parts.group(1))) {
      return Optional.empty();
    }
    ImageName image = new ImageName(parts.group(1));
    if (parts.group(2) != null) {
      return method.equals("PUT")
          ? Optional.of(new Index(image, Long.parseLong(parts.group(2))))
          : Optional.empty();
    }
    if (parts.group(3) == null) {
      return method.equals("GET") ? Optional.of(new Standing(image)) : Optional.empty();
    }
    if (parts.group(3).length() == 19 && parts.group(3).compareTo("" + Long.MAX_VALUE) > 0) {
      return Optional.empty();
    }
    long upload = Long.parseLong(parts.group(3));
    String what = parts.group(4) != null ? parts.group(4) : parts.group(6) != null ? "current" : "";
    return switch (method + " " + what) {
      case "GET missing" ->
          Optional.of(new Missing(image, upload, Integer.parseInt(parts.group(5))));
      case "PUT blocks" -> Optional.of(new Block(image, upload, Integer.parseInt(parts.group(5))));
      case "POST current" -> Optional.of(new Publish(image, upload));
      case "DELETE " -> Optional.of(new End(image, upload));
      default -> Optional.empty();
    };
  }
}
