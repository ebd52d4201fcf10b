package org.kt4j.engine.training;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.kt4j.data.file.FileSteps;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.source.RunPlan;

/**
 * What the first of several workers has of a run, in the folders of the others, which are
 * temporary: so all of them go on from the same checkpoint, and need no disk that they share.
 */
final class RunCopy {

  private RunCopy() {}

  /** Brings it to all workers, which call this together. */
  static void bring(RunPlan plan) {
    if (plan.replicas().alone()) {
      return;
    }
    try {
      byte[] files =
          plan.replicas().ofFirst(plan.replicas().first() ? packed(plan.folder()) : new byte[0]);
      if (!plan.replicas().first()) {
        FileSteps.deleteTree(plan.folder());
        unpack(files, plan.folder());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(plan.folder() + ": the copy of the run failed", e);
    }
  }

  private static byte[] packed(Path run) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setLevel(0); // Weights do not get smaller.
      for (Path file : RunFolder.filesOfTraining(run)) {
        zip.putNextEntry(new ZipEntry(run.relativize(file).toString()));
        Files.copy(file, zip);
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static void unpack(byte[] files, Path run) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(files))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = run.resolve(entry.getName()).normalize();
        if (!file.startsWith(run)) {
          throw new IOException(entry.getName() + " leads out of the run's folder");
        }
        Files.createDirectories(file.getParent());
        Files.copy(zip, file);
      }
    }
  }
}
