package org.kobako.appliance.firmware;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.kobako.appliance.firmware.UpdateHeader.Payload;
import org.kobako.block.format.SigningKey;

/** An update as {@code kobako firmware} makes it, for tests to send whole and torn. */
record UpdateFile(UpdateHeader header, byte[] bytes) {
  static UpdateFile of(
      Path directory, SigningKey key, String target, long version, byte[] boot, byte[] root)
      throws IOException {
    UpdateHeader header =
        new UpdateHeader(
            target,
            version,
            Payload.of(Files.write(directory.resolve("boot.payload"), boot)),
            Payload.of(Files.write(directory.resolve("root.payload"), root)));
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(header.signedBy(key));
    file.writeBytes(boot);
    file.writeBytes(root);
    return new UpdateFile(header, file.toByteArray());
  }
}
