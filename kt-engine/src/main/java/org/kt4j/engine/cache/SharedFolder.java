package org.kt4j.engine.cache;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.kt4j.data.file.FileSteps;
import org.kt4j.engine.replica.Replicas;

/** Which workers see the same folder; each puts a mark there and looks for those of the others. */
record SharedFolder(Path folder, Replicas replicas) {

  /** Whether no worker before this one sees this folder. All workers call it together. */
  boolean isFirstHere() throws IOException {
    if (replicas.alone()) {
      return true;
    }
    Path mark = folder.resolve(".worker-" + UUID.randomUUID());
    Files.createFile(mark);
    try {
      List<byte[]> marks =
          replicas.all(mark.getFileName().toString().getBytes(StandardCharsets.UTF_8));
      boolean first = true;
      for (byte[] other : marks.subList(0, replicas.rank())) {
        first &= !Files.exists(folder.resolve(new String(other, StandardCharsets.UTF_8)));
      }
      replicas.await(); // Nobody removes a mark that another one has not looked for.
      return first;
    } finally {
      FileSteps.delete(mark);
    }
  }
}
