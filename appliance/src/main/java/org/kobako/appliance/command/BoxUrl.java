package org.kobako.appliance.command;

import org.kobako.block.client.cli.UsageException;
import org.kobako.block.client.cli.Value;
import org.kobako.block.client.fetch.UpstreamUrl;

/** Where a box is, as people write it: {@code http://192.168.7.1/}. */
final class BoxUrl {
  private BoxUrl() {}

  static Value<UpstreamUrl> value() {
    return text -> {
      try {
        return UpstreamUrl.parse(text);
      } catch (IllegalArgumentException e) {
        throw new UsageException("is no box's URL: write http://192.168.7.1/");
      }
    };
  }
}
