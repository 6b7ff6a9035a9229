package org.kobako.appliance.box;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TimedBodyTest {
  private static final byte[] SENT = "what is sent".getBytes();

  private long nowNs = Long.MAX_VALUE - Duration.ofSeconds(3).toNanos(); // a clock may wrap around

  /** A sender of an octet in each second. */
  private final class Slow extends FilterInputStream {
    boolean isClosed;

    Slow() {
      super(new ByteArrayInputStream(SENT));
    }

    @Override
    public int read() throws IOException {
      nowNs += Duration.ofSeconds(1).toNanos();
      return in.read();
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      nowNs += Duration.ofSeconds(1).toNanos();
      return in.read(to, offset, Math.min(1, length));
    }

    @Override
    public long skip(long count) throws IOException {
      long skipped = 0;
      while (skipped < count && read() >= 0) {
        skipped++;
      }
      return skipped;
    }

    @Override
    public void close() {
      isClosed = true;
    }
  }

  private final Slow slow = new Slow();

  private InputStream body(int seconds) {
    return new TimedBody(slow, Duration.ofSeconds(seconds), () -> nowNs);
  }

  /** How a body is taken to its end. */
  private enum Way {
    OCTETS {
      @Override
      void take(InputStream body) throws IOException {
        while (body.read() >= 0) {}
      }
    },
    PIECES {
      @Override
      void take(InputStream body) throws IOException {
        while (body.read(new byte[100]) >= 0) {}
      }
    },
    SKIP {
      @Override
      void take(InputStream body) throws IOException {
        assertThat(body.skip(1000)).isEqualTo(SENT.length);
      }
    },
    TRANSFER {
      @Override
      void take(InputStream body) throws IOException {
        body.transferTo(OutputStream.nullOutputStream());
      }
    };

    abstract void take(InputStream body) throws IOException;
  }

  @Test
  void aBodyThatComesInTimeIsWhole() throws IOException {
    assertThat(body(SENT.length + 1).readAllBytes()).isEqualTo(SENT);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void aBodyThatComesTooSlowlyIsGivenUpHoweverItIsTaken(Way way) throws IOException {
    InputStream body = body(5);
    assertThatThrownBy(() -> way.take(body))
        .isInstanceOf(InterruptedIOException.class)
        .hasMessage("it comes too slowly");
    assertThat(slow.available()).isEqualTo(SENT.length - 6);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void theSameBodyInMoreTimeIsTaken(Way way) throws IOException {
    way.take(body(SENT.length + 1));
    assertThat(slow.available()).isZero();
  }

  @Test
  void itsEndClosesTheRequests() throws IOException {
    body(1).close();
    assertThat(slow.isClosed).isTrue();
  }
}
