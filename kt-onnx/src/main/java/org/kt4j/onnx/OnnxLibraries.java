package org.kt4j.onnx;

import ai.djl.util.Utils;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.file.FileSteps;
import org.kt4j.engine.model.ModelException;

/**
 * The native libraries of ONNX Runtime, unpacked once into the folder in which DJL keeps those of
 * its other engines. By itself ONNX Runtime unpacks them into the temporary folder in every
 * process, and a process that is killed leaves them there.
 */
public final class OnnxLibraries {

  /** Where ONNX Runtime looks for its libraries instead of unpacking them. */
  static final String FOLDER = "onnxruntime.native.path";

  private static final String OWN_FOLDERS = "onnxruntime-java*";
  private static final String UNFINISHED = ".part";

  /** What is older was left by a process that was killed. */
  private static final Duration AT_WORK = Duration.ofHours(1);

  /** A library in a JAR. */
  private record Library(String name, URL url, long size, long crc) {

    boolean isIn(Path folder) throws IOException {
      Path file = folder.resolve(name);
      if (!Files.isRegularFile(file) || Files.size(file) != size) {
        return false;
      }
      try (CheckedInputStream in =
          new CheckedInputStream(Files.newInputStream(file), new CRC32())) {
        in.transferTo(OutputStream.nullOutputStream());
        return in.getChecksum().getValue() == crc;
      }
    }

    /** Whole or not at all, also when several processes do it at once or are killed. */
    void unpack(Path folder) throws IOException {
      Path part = Files.createTempFile(folder, name, UNFINISHED);
      try {
        try (InputStream in = url.openStream()) {
          Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
        }
        FileSteps.flush(part);
        File file = part.toFile();
        if (!file.setReadable(true, false) || !file.setExecutable(true, false)) {
          throw new AccessDeniedException(part.toString());
        }
        FileSteps.rename(part, folder.resolve(name));
      } finally {
        FileSteps.delete(part); // which is none once it is in its place
      }
    }
  }

  private OnnxLibraries() {}

  /**
   * Unpacks the libraries where they are not unpacked yet, and tells ONNX Runtime where they are.
   * Does nothing where the user has told it, where they lie in no JAR, and for the builds with
   * further libraries for GPUs, which have to lie beside these.
   *
   * @param model that needs them, for the message
   * @throws ModelException when there is no folder for them
   */
  public static void unpack(String model) {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    clean(temporary, OWN_FOLDERS);
    if (System.getProperty(FOLDER) == null) {
      Path folder = unpacked(model, Utils.getEngineCacheDir("onnxruntime"), temporary);
      if (folder != null) {
        System.setProperty(FOLDER, folder.toString());
      }
    }
  }

  /**
   * The folder with the libraries.
   *
   * @param kept for this and later processes
   * @param temporary where that is not possible
   * @return null where ONNX Runtime has to help itself
   */
  static @Nullable Path unpacked(String model, Path kept, Path temporary) {
    List<Library> libraries = libraries();
    if (libraries.isEmpty()) {
      return null;
    }
    // Another version's libraries have another name, so processes with both get along.
    Path folder = kept.resolve(Long.toHexString(libraries.get(0).crc()));
    // There anybody could have put libraries of their own before.
    String reason =
        kept.startsWith(temporary) ? "it is a temporary folder" : problem(folder, libraries);
    if (reason == null) {
      return folder.toAbsolutePath();
    }
    String other;
    try {
      Path own = Files.createTempDirectory(temporary, OWN_FOLDERS.replace("*", ""));
      other = problem(own, libraries);
      libraries.forEach(library -> own.resolve(library.name()).toFile().deleteOnExit());
      own.toFile().deleteOnExit();
      if (other == null) {
        return own.toAbsolutePath();
      }
      FileSteps.deleteTree(own);
    } catch (IOException e) {
      other = reason(e);
    }
    long megabytes = libraries.stream().mapToLong(Library::size).sum() >> 20;
    throw new ModelException(
        model,
        "needs ONNX Runtime, whose native library of "
            + megabytes
            + " MB can be unpacked neither to "
            + kept
            + " ("
            + reason
            + ") nor to the temporary folder "
            + temporary
            + " ("
            + other
            + "); fix: DJL_CACHE_DIR=FOLDER in the environment, a folder that can be written, has"
            + " room and allows execution",
        null);
  }

  /** Unpacks into a folder; what is wrong with it, null when nothing is. */
  private static @Nullable String problem(Path folder, List<Library> libraries) {
    try {
      Files.createDirectories(folder);
      clean(folder, "*" + UNFINISHED);
      for (Library library : libraries) {
        if (!library.isIn(folder)) {
          library.unpack(folder);
        }
        // The system's answer is no for every file where the file system is mounted so.
        if (!Files.isExecutable(folder.resolve(library.name()))) {
          return "it does not allow execution, as it is mounted with noexec";
        }
      }
      return null;
    } catch (IOException e) {
      return reason(e);
    }
  }

  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "it cannot be written";
    }
    if (e instanceof FileAlreadyExistsException || e instanceof NoSuchFileException) {
      return "it is no folder";
    }
    String reason = e instanceof FileSystemException known ? known.getReason() : e.getMessage();
    return reason == null ? e.toString() : reason;
  }

  private static List<Library> libraries() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch");
    String place =
        "ai/onnxruntime/native/"
            + (os.contains("mac") ? "osx" : os.contains("win") ? "win" : "linux")
            + (arch.equals("aarch64") ? "-aarch64/" : "-x64/");
    ClassLoader loader = OnnxLibraries.class.getClassLoader();
    List<Library> libraries = new ArrayList<>();
    if (loader.getResource(place + System.mapLibraryName("onnxruntime_providers_shared")) != null) {
      return List.of();
    }
    for (String name : List.of("onnxruntime", "onnxruntime4j_jni")) {
      String file = System.mapLibraryName(name);
      URL url = loader.getResource(place + file);
      try {
        if (url == null || !(url.openConnection() instanceof JarURLConnection jar)) {
          return List.of();
        }
        JarEntry entry = jar.getJarEntry();
        libraries.add(new Library(file, url, entry.getSize(), entry.getCrc()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return libraries;
  }

  /** Deletes what killed processes have left. */
  private static void clean(Path folder, String pattern) {
    try (DirectoryStream<Path> old = Files.newDirectoryStream(folder, pattern)) {
      for (Path each : old) {
        if (Files.getLastModifiedTime(each).toInstant().isBefore(Instant.now().minus(AT_WORK))) {
          FileSteps.deleteTree(each);
        }
      }
    } catch (IOException e) {
      // Another process deletes it, or another user's is not ours to delete.
    }
  }
}
