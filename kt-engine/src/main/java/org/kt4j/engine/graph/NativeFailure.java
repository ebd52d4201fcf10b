package org.kt4j.engine.graph;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.ConfigurationException;

/**
 * Why TensorFlow's native library does not load. JavaCPP unpacks it into a folder of its own; where
 * that fails it says only that there is no such library.
 */
final class NativeFailure {

  /** What the library takes there without support for GPUs. */
  private static final int NEEDED_MB = 700;

  private static final int FULL_MB = 50;

  private NativeFailure() {}

  /** What is wrong with the folder, or else what was said of the library. */
  static ConfigurationException of(LinkageError failure) {
    Throwable innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    try {
      Path folder = Loader.getCacheDir().toPath();
      String fault = fault(folder);
      if (fault != null) {
        return inFolder(folder, fault);
      }
    } catch (IOException e) {
      return inFolder(Path.of(System.getProperty("user.home")), String.valueOf(e.getMessage()));
    }
    return ConfigurationException.of(
        "TensorFlow's native library cannot be loaded ("
            + innermost.getMessage()
            + "); fix: build on this machine, for its system and processor");
  }

  private static ConfigurationException inFolder(Path folder, String fault) {
    return ConfigurationException.of(
        "TensorFlow's native library cannot be unpacked to "
            + folder
            + " and loaded there: "
            + fault
            + "; fix: JAVA_TOOL_OPTIONS=-Dorg.bytedeco.javacpp.cachedir=FOLDER in the environment, a"
            + " folder that can be written, has "
            + NEEDED_MB
            + " MB of room and allows execution");
  }

  /** What keeps a folder from holding a library that is loaded; null when nothing does. */
  static @Nullable String fault(Path folder) {
    try {
      long free = Files.getFileStore(folder).getUsableSpace() >> 20;
      if (free < FULL_MB) {
        return "its file system is full (" + free + " MB are free)";
      }
      Path tried = Files.createTempFile(folder, "tried", null);
      try {
        // The system's answer is no for every file where the file system is mounted so.
        return tried.toFile().setExecutable(true) && Files.isExecutable(tried)
            ? null
            : "it does not allow execution, as it is mounted with noexec";
      } finally {
        Files.delete(tried);
      }
    } catch (IOException e) {
      return "it cannot be written (" + e + ")";
    }
  }
}
