package org.kobako.caching.proxy.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamTest {
  /** In a room whose boxes name each other, each may be asked before it has asked any. */
  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.2", "[fd00::2]"})
  void whereAnAddressIsIsKnownFromTheStart(String host) {
    Upstream upstream = new Upstream(URI.create("http://" + host + ":8080/"));
    assertThat(upstream.isAt(InetAddress.ofLiteral(host))).isTrue();
    assertThat(upstream.isAt(InetAddress.ofLiteral("10.0.0.3"))).isFalse();
  }

  @Test
  void whereANameIsIsKnownWhenItIsFound() {
    InetAddress address = InetAddress.ofLiteral("10.0.0.2");
    Upstream upstream = new Upstream(URI.create("http://box1.lan/"));
    assertThat(upstream.isAt(address)).isFalse();
    upstream.foundAt(address);
    assertThat(upstream.isAt(address)).isTrue();
  }
}
