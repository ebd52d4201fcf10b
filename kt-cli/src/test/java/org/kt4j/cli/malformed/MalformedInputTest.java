package org.kt4j.cli.malformed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever is wrong with an input, {@code kt} says so, ends, and leaves the user's files alone.
 *
 * <p>The system property {@code kt.malformed.cases} says how many inputs are tried, {@code
 * kt.malformed.seed} which, and {@code kt.malformed.case} runs a single one. What fails is kept in
 * {@code target/malformed/cases}.
 */
@Tag("slow")
class MalformedInputTest {

  private static final int CASES = Integer.getInteger("kt.malformed.cases", 50);
  private static final long SEED = Long.getLong("kt.malformed.seed", 1);
  private static final int ONE = Integer.getInteger("kt.malformed.case", -1);
  private static final int LIMIT_SECONDS = Integer.getInteger("kt.malformed.limit", 30);

  private static final Path ROOT = Path.of("target", "malformed").toAbsolutePath();
  private static final Path CURRENT = ROOT.resolve("current/folder");

  private final List<String> findings = new ArrayList<>();
  private final SortedMap<String, Integer> endings = new TreeMap<>();
  private final SortedMap<String, Long> millis = new TreeMap<>();

  @Test
  void malformed_input_is_refused_in_plain_words_and_nothing_of_the_user_is_changed()
      throws Exception {
    CaseRunner.remove(ROOT);
    Files.createDirectories(CURRENT);
    int end = ONE >= 0 ? ONE + 1 : CASES;

    int next = Math.max(ONE, 0);
    while (next < end) {
      Files.deleteIfExists(MalformedInputs.log(ROOT));
      next = readUpTo(start(next, end));
    }

    endings.forEach((ending, count) -> System.out.println(ending + ": " + count));
    millis.forEach((family, sum) -> System.out.println(family + ": " + sum + " ms"));
    Files.write(ROOT.resolve("findings.txt"), findings);
    assertThat(String.join("\n", findings))
        .as("one of them again: -Dkt.malformed.seed=%d -Dkt.malformed.case=N", SEED)
        .isEmpty();
  }

  /** Runs the cases from a number on in another process; says how it ended. */
  private static int start(int from, int end) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(MalformedInputs.class.getName());
    command.add(ROOT.toString());
    command.addAll(
        List.of(
            Long.toString(SEED),
            Integer.toString(from),
            Integer.toString(end),
            Integer.toString(LIMIT_SECONDS)));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(CURRENT.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(ROOT.resolve("output.log").toFile()));
    // Detectors are trained behind classifiers.
    builder.environment().put("TF_DETERMINISTIC_OPS", "1");
    Process process = builder.start();
    try {
      assertThat(process.waitFor(LIMIT_SECONDS * 2L * (end - from) + 120, TimeUnit.SECONDS))
          .as("the process of the cases from %d on ends", from)
          .isTrue();
    } finally {
      process.destroyForcibly();
    }
    return process.exitValue();
  }

  /** Reads what the process wrote down; says which case comes next. */
  private int readUpTo(int exit) throws IOException {
    int begun = -1;
    int ended = -1;
    String family = "";
    for (String line : Files.readAllLines(MalformedInputs.log(ROOT))) {
      String[] parts = line.split("\t", 4);
      switch (parts[0]) {
        case MalformedInputs.BEGUN -> {
          begun = Integer.parseInt(parts[1]);
          family = parts[2];
        }
        case MalformedInputs.ENDED -> {
          ended = Integer.parseInt(parts[1]);
          String[] rest = parts[3].split("\t", -1);
          endings.merge(family + ", " + rest[0], 1, Integer::sum);
          millis.merge(family, Long.parseLong(rest[1]), Long::sum);
        }
        case MalformedInputs.FINDING ->
            findings.add("case " + parts[1] + ", " + parts[2] + ": " + parts[3]);
        default -> {
          // What is told for people who look at the file while it grows.
        }
      }
    }
    assertThat(begun)
        .as("%s tells why no case was begun", ROOT.resolve("output.log"))
        .isNotNegative();
    if (begun == ended) {
      return exit == 0 ? begun + 1 : failed(begun, family, exit);
    }
    return failed(begun, family, exit);
  }

  private int failed(int number, String family, int exit) {
    findings.add(
        "case "
            + number
            + ", "
            + family
            + ": ended the process with status "
            + exit
            + "; the last words are in "
            + ROOT.resolve("output.log"));
    return number + 1;
  }
}
