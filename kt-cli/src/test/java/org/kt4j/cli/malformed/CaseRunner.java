package org.kt4j.cli.malformed;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kt4j.cli.Kt;

/**
 * Makes a case, runs it within a limit of time, and looks at the end.
 *
 * @param folder for the cases
 * @param current the current folder of this process, which must stay empty
 */
record CaseRunner(ValidInputs valid, Path folder, Path current, long seed, Duration limit) {

  /**
   * How a case ended.
   *
   * @param code the exit code; less than 0 if the command never returned
   */
  record Ended(String family, Case tried, int code, List<String> findings, String printed) {

    boolean hung() {
      return code == HUNG;
    }
  }

  private static final int HUNG = -2;
  private static final int THREW = -3;

  Ended run(int number) throws IOException, InterruptedException {
    Family family = Families.of(number);
    Path place = place(number);
    remove(place);
    Workspace workspace = new Workspace(Families.isWhole(number), valid, place);
    Files.createDirectories(workspace.in());
    Files.createDirectories(workspace.out());
    Case tried = family.make(workspace, new Dice(seed, number));
    FileStates users = FileStates.of(workspace.in(), true);
    FileStates whole = FileStates.of(valid.root(), false);

    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = run(tried, out, err);

    String printed = out.toString(StandardCharsets.UTF_8);
    String told = err.toString(StandardCharsets.UTF_8);
    List<String> findings =
        new ArrayList<>(
            code == HUNG ? List.of("hangs") : Judge.findings(tried, code, printed, told));
    if (workspace.whole() && code > 0) {
      findings.add("was refused, and is whole");
    }
    // A command that refuses its input leaves everything as it is.
    List<Path> written = code == 0 ? tried.written() : List.of();
    findings.addAll(users.changedIn(FileStates.of(workspace.in(), true), written));
    findings.addAll(whole.changedIn(FileStates.of(valid.root(), false), List.of(valid.cache())));
    return new Ended(family.name(), tried, code, findings, printed + told);
  }

  /** The folder of a case. */
  Path place(int number) {
    return folder.resolve("case-" + number);
  }

  private int run(Case tried, ByteArrayOutputStream out, ByteArrayOutputStream err)
      throws InterruptedException {
    int[] code = {HUNG};
    PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
    Thread thread =
        new Thread(
            () -> {
              try {
                code[0] =
                    Kt.run(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        errors,
                        tried.arguments().toArray(new String[0]));
              } catch (Throwable e) {
                e.printStackTrace(errors);
                code[0] = THREW;
              }
            },
            "case");
    PrintStream usual = System.err;
    // Other threads and libraries write there.
    System.setErr(errors);
    try {
      thread.start();
      thread.join(limit.toMillis());
    } finally {
      System.setErr(usual);
    }
    if (!thread.isAlive()) {
      return code[0];
    }
    errors.println("after " + limit.toSeconds() + " s:");
    for (StackTraceElement element : thread.getStackTrace()) {
      errors.println("\tat " + element);
    }
    return HUNG;
  }

  /** Removes what a case made, also what it wrote into the current folder. */
  void clean(int number) throws IOException {
    remove(place(number));
    try (Stream<Path> left = Files.list(current)) {
      for (Path each : left.toList()) {
        remove(each);
      }
    }
  }

  static void remove(@Nullable Path folder) throws IOException {
    if (folder == null || !Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
