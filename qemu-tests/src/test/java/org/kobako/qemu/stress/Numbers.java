package org.kobako.qemu.stress;

import static org.kobako.qemu.stress.Stress.expect;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** What is computed, against what is known. */
final class Numbers {
  private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);

  private Numbers() {}

  /** 64-bit arithmetic on pairs of registers, against arithmetic of single bits. */
  static void integersAreExact() {
    Random random = new Random(2);
    for (int i = 0; i < 3_000; i++) {
      long a = random.nextLong() >> random.nextInt(64);
      long b = random.nextLong() >> random.nextInt(64);
      int shift = random.nextInt(64);
      BigInteger bigA = BigInteger.valueOf(a);
      BigInteger bigB = BigInteger.valueOf(b);
      expect(a + b == bigA.add(bigB).longValue(), a + " + " + b);
      expect(a - b == bigA.subtract(bigB).longValue(), a + " - " + b);
      expect(a * b == bigA.multiply(bigB).longValue(), a + " * " + b);
      if (b != 0) {
        expect(a / b == bigA.divide(bigB).longValue(), a + " / " + b);
        expect(a % b == bigA.remainder(bigB).longValue(), a + " % " + b);
      }
      expect(a << shift == bigA.shiftLeft(shift).longValue(), a + " << " + shift);
      expect(a >> shift == bigA.shiftRight(shift).longValue(), a + " >> " + shift);
      expect(a >>> shift == bigA.mod(TWO_TO_64).shiftRight(shift).longValue(), a + " >>> " + shift);
      expect(Long.compare(a, b) == bigA.compareTo(bigB), a + " compared with " + b);
      expect(Long.bitCount(a) == Long.toBinaryString(a).replace("0", "").length(), "bits of " + a);
      expect(Math.multiplyHigh(a, b) == bigA.multiply(bigB).shiftRight(64).longValue(), "high");
    }
  }

  static void floatingPointIsIeee754() {
    for (int i = 1; i < 2_000; i++) {
      double zero = i % 1.0;
      double nan = zero * Double.POSITIVE_INFINITY;
      expect(Double.isNaN(nan) && !(nan < 1) && !(nan > 1) && nan != 1, "NaN is ordered");
      expect(i / zero == Double.POSITIVE_INFINITY && i / -zero < -1e308, "no infinity");
      expect(Double.MIN_VALUE / 2 == 0 && Double.MIN_NORMAL / 2 > 0, "no subnormal doubles");
      expect(Float.MIN_VALUE / 2 == 0 && Float.MIN_NORMAL / 2 > 0, "no subnormal floats");
      expect((int) nan == 0 && (long) nan == 0, "NaN as an integer");
      expect((int) (i * 1e20) == Integer.MAX_VALUE && (long) (-i * 1e30) == Long.MIN_VALUE, "cast");
      expect((long) ((double) (i * 1_000_003L << 20)) == i * 1_000_003L << 20, "long to double");
      expect((int) (float) i == i && -i % 3.0 == -(i % 3), "float, remainder");
      expect(Math.sqrt((double) i * i) == i, "root of " + i);
      expect(Math.fma(1 + 0x1p-52, 1 + 0x1p-52, -1 - 0x1p-51) == 0x1p-104, "fused multiply-add");
    }
    expect(Math.sin(1) == 0.8414709848078965 && Math.pow(2.5, 3.5) == 24.705294220065465, "Math");
    expect(StrictMath.exp(1) == 2.7182818284590455 && Math.rint(2.5) == 2, "StrictMath");
  }

  static void numbersAreReadAsWritten() {
    Random random = new Random(3);
    for (int i = 0; i < 2_000; i++) {
      double real = Double.longBitsToDouble(random.nextLong());
      expect(
          Double.compare(Double.parseDouble(Double.toString(real)), real) == 0, "double " + real);
      long number = random.nextLong() >> random.nextInt(64);
      expect(Long.parseLong(Long.toString(number, 36), 36) == number, "long " + number);
    }
    expect(String.valueOf(0.1 + 0.2).equals("0.30000000000000004"), "0.1 + 0.2");
    expect("%d %08.3f %x".formatted(-5L, Math.PI, 255).equals("-5 0003.142 ff"), "formatted");
  }

  static void buffersHaveBothByteOrders() {
    for (ByteBuffer buffer :
        new ByteBuffer[] {ByteBuffer.allocateDirect(64), ByteBuffer.allocate(64)}) {
      for (int i = 0; i < 2_000; i++) {
        int at = i % 40;
        long value = 0x1122_3344_5566_7788L * (i | 1);
        buffer.order(ByteOrder.LITTLE_ENDIAN).putLong(at, value);
        expect(buffer.get(at) == (byte) value, "the lowest byte at " + at);
        expect(buffer.order(ByteOrder.BIG_ENDIAN).getLong(at) == Long.reverseBytes(value), "long");
        buffer.putDouble(at, Math.E * i);
        expect(buffer.getDouble(at) == Math.E * i, "double at " + at);
        buffer.putInt(at + 1, i).putShort(at + 5, (short) i);
        expect(buffer.getInt(at + 1) == i && buffer.getShort(at + 5) == (short) i, "int and short");
      }
    }
  }

  static void digestsAreTheKnownOnes() throws Exception {
    expectDigest("SHA-256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expectDigest("SHA-1", "a9993e364706816aba3e25717850c26c9cd0d89d");
    expectDigest("MD5", "900150983cd24fb0d6963f7d28e17f72");
    byte[] bytes = new byte[100_000];
    new Random(4).nextBytes(bytes);
    MessageDigest whole = MessageDigest.getInstance("SHA-256");
    byte[] wanted = whole.digest(bytes);
    MessageDigest parts = MessageDigest.getInstance("SHA-256");
    for (int at = 0, length = 1; at < bytes.length; at += length, length = length * 3 % 1009 + 1) {
      parts.update(bytes, at, Math.min(length, bytes.length - at));
    }
    expect(Arrays.equals(parts.digest(), wanted), "in parts it is another");
  }

  private static void expectDigest(String algorithm, String digestOfAbc) throws Exception {
    byte[] digest =
        MessageDigest.getInstance(algorithm).digest("abc".getBytes(StandardCharsets.US_ASCII));
    expect(HexFormat.of().formatHex(digest).equals(digestOfAbc), algorithm);
  }

  static void zlibGivesBackWhatItGot() throws DataFormatException {
    Random random = new Random(5);
    for (int i = 0; i < 20; i++) {
      byte[] plain = new byte[20_000 + random.nextInt(20_000)];
      random.nextBytes(plain);
      for (int at = 0; at < plain.length; at++) {
        plain[at] &= (byte) (i * 13);
      }
      byte[] packed = new byte[plain.length + 1_000];
      byte[] back = new byte[plain.length];
      try (Deflater deflater = new Deflater(i % 10)) {
        deflater.setInput(plain);
        deflater.finish();
        int length = deflater.deflate(packed);
        try (Inflater inflater = new Inflater()) {
          inflater.setInput(packed, 0, length);
          expect(inflater.inflate(back) == plain.length && inflater.finished(), "another length");
        }
      }
      expect(Arrays.equals(back, plain), "other bytes");
    }
    byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(digits);
    CRC32C crc32c = new CRC32C();
    crc32c.update(digits);
    Adler32 adler = new Adler32();
    adler.update(digits);
    expect(crc.getValue() == 0xCBF43926L, "CRC-32");
    expect(crc32c.getValue() == 0xE3069283L, "CRC-32C");
    expect(adler.getValue() == 0x091E01DEL, "Adler-32");
  }
}
