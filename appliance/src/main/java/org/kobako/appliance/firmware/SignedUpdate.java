package org.kobako.appliance.firmware;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.kobako.appliance.firmware.RefusedUpdateException.Reason;
import org.kobako.block.format.TrustKey;

/**
 * An update whose header the trusted key has signed; there is no other way to have one. Its
 * payloads are promised by digests in that header, and are good when they have them.
 */
public final class SignedUpdate {
  private final UpdateHeader header;
  private final int headerBytes;

  private SignedUpdate(UpdateHeader header, int headerBytes) {
    this.header = header;
    this.headerBytes = headerBytes;
  }

  public UpdateHeader header() {
    return header;
  }

  /** Where boot's bytes begin in the file. */
  int headerBytes() {
    return headerBytes;
  }

  /**
   * Reads the header of an update file, and not a byte behind it.
   *
   * @throws RefusedUpdateException if there is none, or the key has not signed it
   * @throws IOException if the file cannot be read on
   */
  public static SignedUpdate read(InputStream file, TrustKey trust)
      throws RefusedUpdateException, IOException {
    byte[] head = new byte[UpdateHeader.MAX_BYTES];
    int length = 0;
    while (!endsHeader(head, length)) {
      int next = length < head.length ? file.read() : -1;
      if (next < 0) {
        throw new RefusedUpdateException(
            Reason.MALFORMED,
            "this is no update: a header of at most %d bytes is missing; send what kobako firmware made beside the image"
                .formatted(UpdateHeader.MAX_BYTES));
      }
      head[length++] = (byte) next;
    }
    return verify(new String(head, 0, length, StandardCharsets.ISO_8859_1), trust);
  }

  private static boolean endsHeader(byte[] head, int length) {
    return length >= 2 && head[length - 2] == '\n' && head[length - 1] == '\n';
  }

  /** The signature comes first: of what a stranger wrote nothing but its place is looked at. */
  private static SignedUpdate verify(String head, TrustKey trust) throws RefusedUpdateException {
    int statementEnd =
        head.length()
            - UpdateHeader.END.length()
            - UpdateHeader.SIGNATURE_CHARS
            - UpdateHeader.SIGNATURE.length();
    if (!head.startsWith(UpdateHeader.FIRST_LINE)
        || statementEnd < UpdateHeader.FIRST_LINE.length()
        || !head.startsWith("\n" + UpdateHeader.SIGNATURE, statementEnd - 1)) {
      throw new RefusedUpdateException(
          Reason.MALFORMED,
          "this is no signed update: send what kobako firmware made beside the image");
    }
    String statement = head.substring(0, statementEnd);
    String base64 =
        head.substring(
            statementEnd + UpdateHeader.SIGNATURE.length(),
            head.length() - UpdateHeader.END.length());
    if (!isSigned(statement, base64, trust)) {
      throw new RefusedUpdateException(
          Reason.NOT_SIGNED,
          "the update is not signed by key "
              + trust
              + ", which this box trusts: nothing is changed");
    }
    try {
      return new SignedUpdate(UpdateHeader.ofStatement(statement), head.length());
    } catch (IllegalArgumentException e) {
      throw new RefusedUpdateException(
          Reason.MALFORMED,
          "the update is signed, and this firmware cannot read it: " + e.getMessage());
    }
  }

  private static boolean isSigned(String statement, String base64, TrustKey trust) {
    byte[] signature;
    try {
      signature = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException noBase64) {
      return false;
    }
    return Base64.getEncoder().encodeToString(signature).equals(base64) // one way to be written
        && trust.verifyStatement(statement.getBytes(StandardCharsets.ISO_8859_1), signature);
  }
}
