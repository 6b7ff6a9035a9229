package org.kobako.block.format.codec;

import org.kobako.block.format.Codec;

/** One thread's decompressors, one per codec, made by {@link Codecs#newDecompressors}. */
public final class Decompressors {
  private final Decompressor[] byWire;

  Decompressors(Decompressor[] byWire) {
    this.byWire = byWire;
  }

  public Decompressor of(Codec codec) {
    return byWire[codec.wire()];
  }
}
