package org.kobako.boot.plan;

import java.net.Inet4Address;

/**
 * Where machines reach a box.
 *
 * @param address in the boot network
 * @param httpPort of its HTTP server
 */
public record BoxAddress(Inet4Address address, int httpPort) {
  static final String BOOT_FILES = "boot/";
  static final int DEFAULT_HTTP_PORT = 80;

  /** The root of its store, with a slash at the end. */
  public String url() {
    return url(address.getHostAddress());
  }

  /** The root of a store on a host by the same port. */
  String url(String host) {
    return "http://" + host + (httpPort == DEFAULT_HTTP_PORT ? "" : ":" + httpPort) + "/";
  }

  /** One of its boot files over HTTP. */
  public String url(BootFileName file) {
    return url() + BOOT_FILES + file;
  }
}
