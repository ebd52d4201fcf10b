package org.kt4j.engine.weights;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file from one of its bytes on. */
final class FileRegion {

  private FileRegion() {}

  /** The bytes from one on; closed by the caller. */
  static InputStream open(Path file, long from) throws IOException {
    SeekableByteChannel channel = Files.newByteChannel(file);
    try {
      return new BufferedInputStream(Channels.newInputStream(channel.position(from)));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }
}
