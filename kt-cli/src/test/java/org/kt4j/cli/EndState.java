package org.kt4j.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is left in a folder when all is done, without what a clock or the memory decides. */
final class EndState {

  private EndState() {}

  /** The relative paths of all files, each with its bytes' digest or its text. */
  static SortedMap<String, String> of(Path folder) throws IOException {
    SortedMap<String, String> state = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = folder.relativize(file).toString();
        // Each start of a run adds a file of events.
        if (!name.contains("tensorboard")) {
          state.put(name, content(file));
        }
      }
    }
    return state;
  }

  private static String content(Path file) throws IOException {
    return switch (String.valueOf(file.getFileName())) {
      case "environment.json", "report.html", "report.md", "results.csv", "runs.csv", ".lock" ->
          "there, with times or the process of this run";
      case "metrics.jsonl" -> String.join("\n", numbers(file));
      case "result.json" ->
          Files.readAllLines(file).stream()
              .filter(line -> !line.contains("-seconds") && !line.contains("peak-memory"))
              .collect(Collectors.joining("\n"));
      default -> digest(Files.readAllBytes(file));
    };
  }

  /** The lines of a file of metrics. */
  static List<String> numbers(Path metrics) throws IOException {
    return Files.readAllLines(metrics, StandardCharsets.UTF_8).stream()
        .map(line -> line.replaceFirst(",\"images-per-second\".*", ""))
        .toList();
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
