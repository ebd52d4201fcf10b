package org.kt4j.cli.malformed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * Runs cases one after the other in one process, and writes down which it is at. A case that hangs
 * ends the process, for no thread can be stopped from outside.
 */
final class MalformedInputs {

  static final String BEGUN = "begun";
  static final String ENDED = "ended";
  static final String FINDING = "finding";

  private MalformedInputs() {}

  /**
   * The process.
   *
   * @param args a folder, the seed, the first case, the case behind the last, and the limit for one
   *     in seconds
   */
  public static void main(String[] args) throws Exception {
    Path root = Path.of(args[0]).toAbsolutePath();
    long seed = Long.parseLong(args[1]);
    int first = Integer.parseInt(args[2]);
    int end = Integer.parseInt(args[3]);
    Duration limit = Duration.ofSeconds(Long.parseLong(args[4]));
    Path log = log(root);
    write(log, "valid", "inputs are made");
    CaseRunner runner =
        new CaseRunner(
            ValidInputs.in(root.resolve("valid")),
            root.resolve("cases"),
            Path.of("").toAbsolutePath(),
            seed,
            limit);
    for (int number = first; number < end; number++) {
      write(log, BEGUN, number + "\t" + Families.of(number).name());
      long began = System.nanoTime();
      CaseRunner.Ended ended = runner.run(number);
      long millis = (System.nanoTime() - began) / 1_000_000;
      write(
          log,
          ENDED,
          number
              + "\t"
              + ended.family()
              + "\t"
              + (ended.code() == 0 ? "accepted" : ended.code() > 0 ? "refused" : "failed")
              + "\t"
              + millis);
      if (ended.findings().isEmpty()) {
        runner.clean(number);
      } else {
        write(log, FINDING, number + "\t" + ended.family() + "\t" + described(ended));
        Files.writeString(
            runner.place(number).resolve("found.txt"),
            ended.tried().what()
                + "\n"
                + ended.tried().command()
                + "\n"
                + String.join("\n", ended.findings())
                + "\n\n"
                + ended.printed());
      }
      if (ended.hung()) {
        Runtime.getRuntime().halt(0);
      }
    }
    // Pools of threads of native libraries need not be waited for.
    Runtime.getRuntime().halt(0);
  }

  static Path log(Path root) {
    return root.resolve("log.tsv");
  }

  private static String described(CaseRunner.Ended ended) {
    String said =
        ended.printed().lines().filter(line -> line.startsWith("kt: ")).findFirst().orElse("");
    return String.join("; ", ended.findings())
        + " | "
        + ended.tried().what()
        + " | "
        + ended.tried().command()
        + " | "
        + (said.length() > 300 ? said.substring(0, 300) + "..." : said);
  }

  private static void write(Path log, String kind, String rest) throws IOException {
    Files.writeString(
        log,
        kind + "\t" + rest.replaceAll("[\\p{Cntrl}&&[^\t]]", "?") + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
