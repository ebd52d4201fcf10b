package org.kt4j.engine.graph;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why native code was not loaded. Libraries unpack theirs from a JAR into a folder of the user or
 * into the temporary one; what they say when that fails leaves the reason to be guessed.
 */
public final class NativeFailure {

  /** glibc's words. The JVM puts the file's name before them, and so does glibc. */
  private static final Pattern NOT_EXECUTABLE =
      Pattern.compile("([^\\n]*?): failed to map segment from shared object");

  private static final Pattern DAMAGED =
      Pattern.compile("([^\\n]*?): (file too short|invalid ELF header)");

  private static final Pattern OTHER_SYSTEM =
      Pattern.compile(
          "[^\\n]*: (version `[^']*' not found|wrong ELF class|[^\\n]*incompatible architecture)[^\\n]*");

  /** Of the system, or not unpacked with the others for want of space. */
  private static final Pattern PART_MISSING =
      Pattern.compile("[^\\n]*: cannot open shared object file[^\\n]*");

  private static final Pattern NO_SPACE =
      Pattern.compile("No space left on device|Disk quota exceeded");

  private static final String OTHER_SYSTEM_FIX =
      "; fix: a system with the processor and the C library (glibc) that it was built for, such as"
          + " Debian or Ubuntu; Alpine has another";

  private NativeFailure() {}

  /**
   * The reason and the fix, as they stand behind the name of what was not loaded; empty where the
   * failure does not tell.
   *
   * @param failure what the library threw
   * @param folder where the library unpacks its native code
   * @param bytes about what that takes
   */
  public static Optional<String> explained(Throwable failure, Path folder, long bytes) {
    String said = all(failure);
    Matcher mapped = NOT_EXECUTABLE.matcher(said);
    if (mapped.find()) {
      Path file = Path.of(once(mapped.group(1)));
      return Optional.of(
          file
              + ": its file system does not let code run (mounted noexec); fix: "
              + elsewhere(file, "that lets code run"));
    }
    Matcher damaged = DAMAGED.matcher(said);
    if (damaged.find()) {
      return Optional.of(once(damaged.group(1)) + ": is damaged; fix: remove this file");
    }
    Matcher other = OTHER_SYSTEM.matcher(said);
    if (other.find()) {
      return Optional.of(other.group() + OTHER_SYSTEM_FIX);
    }
    long left = left(folder);
    if (NO_SPACE.matcher(said).find() || (left >= 0 && left < bytes)) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "%s: has %d MB left, and it takes about %d MB there; fix: free space, or %s",
              folder,
              Math.max(0, left) >> 20,
              Math.max(1, bytes >> 20),
              elsewhere(folder, "with more space")));
    }
    Matcher missing = PART_MISSING.matcher(said);
    return missing.find() ? Optional.of(missing.group() + OTHER_SYSTEM_FIX) : Optional.empty();
  }

  /** Which setting moves what lies there. */
  private static String elsewhere(Path place, String which) {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
    Path home = Path.of(System.getProperty("user.home")).toAbsolutePath();
    boolean inTemporary = place.toAbsolutePath().startsWith(temporary);
    boolean inHome = place.toAbsolutePath().startsWith(home);
    String property = "org.bytedeco.javacpp.cachedir";
    if (inTemporary && !(inHome && home.startsWith(temporary))) {
      property = "java.io.tmpdir";
    } else if (inHome) {
      property = "user.home";
    }
    return "choose a folder " + which + " with JAVA_TOOL_OPTIONS=-D" + property + "=FOLDER";
  }

  /** -1 when it is not known. */
  private static long left(Path folder) {
    try {
      Path there = folder.toAbsolutePath();
      while (there != null && !Files.exists(there)) {
        there = there.getParent();
      }
      return there == null ? -1 : Files.getFileStore(there).getUsableSpace();
    } catch (IOException e) {
      return -1;
    }
  }

  private static String once(String twice) {
    int half = (twice.length() - 2) / 2;
    boolean same =
        half > 0
            && twice.startsWith(": ", half)
            && twice.substring(0, half).equals(twice.substring(half + 2));
    return same ? twice.substring(0, half) : twice;
  }

  private static String all(Throwable failure) {
    StringBuilder said = new StringBuilder();
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each.getMessage() != null) {
        said.append(each.getMessage()).append('\n');
      }
    }
    return said.toString();
  }
}
