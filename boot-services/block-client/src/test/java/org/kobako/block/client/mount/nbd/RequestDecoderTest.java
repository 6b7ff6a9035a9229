package org.kobako.block.client.mount.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.kobako.block.client.mount.nbd.RequestDecoder.Found;

class RequestDecoderTest {
  private final RequestDecoder decoder = new RequestDecoder();
  private final Request request = new Request();

  @Test
  void fieldsAreReadWhereTheyLie() {
    ByteBuffer in = Messages.request(7, 8, 0x1122334455667788L, 1L << 62, -1);
    assertThat(decoder.next(in, request)).isEqualTo(Found.REQUEST);
    assertThat(request.command).isEqualTo(NbdCommand.BLOCK_STATUS);
    assertThat(request.has(Request.FLAG_REQ_ONE)).isTrue();
    assertThat(request.cookie).isEqualTo(0x1122334455667788L);
    assertThat(request.offset).isEqualTo(1L << 62);
    assertThat(request.length).isEqualTo(0xffffffffL);
  }

  @Test
  void requestIsFoundWhenItsLastByteIsThere() {
    ByteBuffer in = Messages.request(0, 0, 1, 2, 3);
    in.limit(Request.BYTES - 1);
    assertThat(decoder.next(in, request)).isEqualTo(Found.NEED_INPUT);
    in.limit(Request.BYTES);
    assertThat(decoder.next(in, request)).isEqualTo(Found.REQUEST);
  }

  @Test
  void payloadOfAWriteIsPassedOver() {
    ByteBuffer in = ByteBuffer.allocate(1000);
    in.put(Messages.request(1, 0, 1, 0, 500)).put(new byte[400]).flip();
    assertThat(decoder.next(in, request)).isEqualTo(Found.REQUEST);
    assertThat(decoder.next(in, request)).isEqualTo(Found.NEED_INPUT);
    assertThat(in.remaining()).isZero();
    in.clear().put(new byte[100]).put(Messages.request(0, 0, 2, 0, 1)).flip();
    assertThat(decoder.next(in, request)).isEqualTo(Found.REQUEST);
    assertThat(request.cookie).isEqualTo(2);
  }

  @Test
  void writeLongerThanAnyPayloadIsNotFollowed() {
    assertThat(decoder.next(Messages.request(1, 0, 1, 0, (32 << 20) + 1), request))
        .isEqualTo(Found.OVERSIZED_WRITE);
  }

  @Test
  void wrongMagicIsFound() {
    assertThat(decoder.next(ByteBuffer.allocate(28), request)).isEqualTo(Found.BAD_MAGIC);
  }
}
