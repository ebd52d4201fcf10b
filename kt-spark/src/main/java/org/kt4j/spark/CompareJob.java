package org.kt4j.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * {@code compare SUITE}: each run of a suite as one task. kt says which runs there are, and what
 * some of them need first; runs that need the same wait until it is trained, once.
 */
final class CompareJob implements Job {

  private static final String COMMAND = "compare";
  private static final String DRIVER = "the driver";

  private final KtInstallation kt;
  private final List<String> arguments;

  CompareJob(KtInstallation kt, Arguments given) {
    this.kt = kt;
    this.arguments = given.rest();
    if (arguments.isEmpty() || arguments.get(0).startsWith("-")) {
      throw new BadInputException("compare: the suite is missing; it stands after 'compare'");
    }
    if (arguments.stream().anyMatch(each -> each.matches("--jobs(=.*)?"))) {
      throw new BadInputException(
          "--jobs: does not go with Spark, which runs as many at once as it has cores for; fix:"
              + " leave it out");
    }
  }

  /**
   * A run that is yet to be trained.
   *
   * @param name for people
   * @param folder as kt names it
   */
  private record Open(String name, String folder) {}

  /**
   * What kt says of a suite.
   *
   * @param folder of the suite
   * @param complete how many runs are
   * @param open the others, by the run for which what they need is trained first
   */
  private record Suite(String folder, int complete, Map<String, List<Open>> open) {}

  @Override
  public String name() {
    return "kt compare " + arguments.get(0);
  }

  @Override
  public void configure(SparkConf conf) {
    // A run goes on from its last epoch, so what Spark does of itself when an executor is lost is
    // right.
  }

  @Override
  public int run(JavaSparkContext spark, PrintStream out) throws Exception {
    Suite suite = listed();
    int open = suite.open().values().stream().mapToInt(List::size).sum();
    out.println(
        "runs: "
            + (open + suite.complete())
            + ", "
            + suite.complete()
            + " of them complete already");
    int failed = open == 0 ? 0 : train(spark, out, suite, open);
    KtProcess.Ended report = onDriver(List.of("report", suite.folder()), out::println);
    if (report.status() != 0) {
      throw new KtFailure(report.status(), "kt report: " + report.reason());
    }
    return failed == 0 ? 0 : KtFailure.FAILED;
  }

  /** How many runs failed. */
  private int train(JavaSparkContext spark, PrintStream out, Suite suite, int open) {
    AtomicInteger done = new AtomicInteger();
    AtomicInteger failed = new AtomicInteger();
    // Each of its threads only waits for a job of Spark.
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<CompletableFuture<Void>> all = new ArrayList<>();
      suite
          .open()
          .forEach(
              (first, runs) -> {
                CompletableFuture<String> prepared =
                    CompletableFuture.supplyAsync(
                        () -> part(spark, "--first-for", first, "first for " + first), threads);
                for (Open run : runs) {
                  all.add(
                      prepared
                          .thenApplyAsync(
                              reason ->
                                  reason.isEmpty()
                                      ? part(spark, "--only", run.folder(), run.name())
                                      : reason,
                              threads)
                          .thenAccept(reason -> tell(out, run, reason, done, failed, open)));
                }
              });
      all.forEach(CompletableFuture::join);
    } finally {
      threads.shutdownNow();
    }
    return failed.get();
  }

  private static void tell(
      PrintStream out, Open run, String reason, AtomicInteger done, AtomicInteger failed, int of) {
    if (!reason.isEmpty()) {
      failed.incrementAndGet();
    }
    out.println(
        done.incrementAndGet()
            + "/"
            + of
            + "  "
            + run.name()
            + (reason.isEmpty() ? "" : " FAILED: " + reason));
  }

  /** Why a part of the suite failed in its task; empty when it did not. */
  private String part(JavaSparkContext spark, String option, String run, String description) {
    List<String> command = new ArrayList<>(List.of(COMMAND));
    command.addAll(arguments);
    command.addAll(List.of(option, run));
    try {
      return TaskFailures.run(
          spark,
          option + " " + run,
          description,
          () -> spark.parallelize(List.of(run), 1).map(new SuitePart(kt, command)).first());
    } catch (KtFailure e) {
      return e.reason();
    } catch (Exception e) {
      return String.valueOf(e.getMessage());
    }
  }

  private Suite listed() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(COMMAND));
    command.addAll(arguments);
    command.add("--list");
    Path list = Files.createTempFile("kt-runs", ".jsonl");
    try {
      KtProcess.Ended ended =
          KtProcess.run(
              kt.builder(DRIVER, command).redirectOutput(list.toFile()), () -> false, line -> {});
      if (ended.status() != 0) {
        throw new KtFailure(ended.status(), ended.reason());
      }
      return suite(Files.readAllLines(list));
    } finally {
      Files.delete(list);
    }
  }

  private static Suite suite(List<String> lines) throws IOException {
    ObjectMapper json = new ObjectMapper();
    Map<String, List<Open>> open = new LinkedHashMap<>();
    String folder = "";
    int complete = 0;
    for (String line : lines) {
      JsonNode run = json.readTree(line);
      folder = run.path("suite").asText();
      if (run.path("complete").asBoolean()) {
        complete++;
      } else {
        open.computeIfAbsent(run.path("first-for").asText(), first -> new ArrayList<>())
            .add(new Open(run.path("run").asText(), run.path("folder").asText()));
      }
    }
    return new Suite(folder, complete, open);
  }

  private KtProcess.Ended onDriver(List<String> command, Consumer<String> told)
      throws InterruptedException {
    return KtProcess.run(kt.builder(DRIVER, command).redirectErrorStream(true), () -> false, told);
  }
}
