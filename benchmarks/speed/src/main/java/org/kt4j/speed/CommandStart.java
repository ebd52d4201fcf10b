package org.kt4j.speed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The wall time of {@code kt methods}, and which native libraries it loads: the loader of glibc
 * tells, in one further start that is not timed.
 */
final class CommandStart implements Section {

  private static final String TIME = "kt methods";
  private static final String LIBRARIES = "native libraries beside the JVM's and the system's";
  private static final Pattern LOADED = Pattern.compile("calling init: (/\\S+)");

  private final @Nullable KtCommand kt;

  /**
   * Of one command.
   *
   * @param kt the command; null when its place is not given
   */
  CommandStart(@Nullable KtCommand kt) {
    this.kt = kt;
  }

  @Override
  public String name() {
    return "start";
  }

  @Override
  public Outcome measure(Workbench bench) {
    KtCommand command = kt;
    if (command == null) {
      return missing("run by benchmarks/run, which knows where kt is");
    }
    try {
      // Builds what is missing, fills the disk cache.
      int status = command.run(Map.of(), "methods");
      if (status != 0) {
        return missing("kt methods ended with status " + status);
      }
      double[] seconds = new double[bench.settings().starts()];
      for (int i = 0; i < seconds.length; i++) {
        seconds[i] = command.seconds("methods");
      }
      Figure time =
          Figure.of(name(), TIME, "s", new Samples(seconds)).wanted(Figure.Target.atMost(1));
      Optional<Set<String>> loaded = loadedBy(command);
      return Outcome.of(
          time,
          loaded
              .map(found -> Figure.of(name(), LIBRARIES, "", found.size()).noting(named(found)))
              .orElseGet(() -> Figure.missing(name(), LIBRARIES, "", "the loader is not glibc's"))
              .wanted(Figure.Target.atMost(0)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Outcome missing(String why) {
    return Outcome.of(
        Figure.missing(name(), TIME, "s", why).wanted(Figure.Target.atMost(1)),
        Figure.missing(name(), LIBRARIES, "", why).wanted(Figure.Target.atMost(0)));
  }

  private static String named(Set<String> libraries) {
    return String.join(", ", libraries);
  }

  /** The file names of what belongs neither to the JVM nor to the system. */
  private static Optional<Set<String>> loadedBy(KtCommand command) throws IOException {
    try (TemporaryFolder temporary = new TemporaryFolder()) {
      Path folder = temporary.path();
      command.run(
          Map.of("LD_DEBUG", "libs", "LD_DEBUG_OUTPUT", folder.resolve("loaded").toString()),
          "methods");
      Set<Path> all = new TreeSet<>();
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Matcher matcher = LOADED.matcher(Files.readString(file));
          while (matcher.find()) {
            all.add(Path.of(matcher.group(1)).normalize());
          }
        }
      }
      return all.stream()
          .filter(path -> path.endsWith("server/libjvm.so"))
          .findFirst()
          .map(jvm -> foreign(all, jvm.resolve("../..").normalize()));
    }
  }

  private static Set<String> foreign(Set<Path> all, Path jvm) {
    Set<String> names = new TreeSet<>();
    for (Path path : all) {
      if (!path.startsWith(jvm)
          && Stream.of("/lib", "/lib64", "/usr/lib", "/usr/lib64").noneMatch(path::startsWith)) {
        names.add(path.getFileName().toString());
      }
    }
    return names;
  }
}
