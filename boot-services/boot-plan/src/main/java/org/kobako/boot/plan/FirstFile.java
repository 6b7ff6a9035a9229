package org.kobako.boot.plan;

/** What a machine's firmware is told to load first. */
public sealed interface FirstFile {
  /** A file by TFTP from the box. */
  record OverTftp(BootFileName name) implements FirstFile {}

  /** A URL on the box. */
  record OverHttp(String url) implements FirstFile {}

  /** None, for a reason that a log line can give. */
  record Nothing(String why) implements FirstFile {}
}
