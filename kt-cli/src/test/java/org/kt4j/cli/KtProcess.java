package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.kt4j.testkit.LoopbackNetwork;

/** One command in a process of its own, which can be killed. */
final class KtProcess {

  private static final int MINUTES = 5;

  private final Process process;
  private final Path log;

  private KtProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * The words that start it, in a JVM as this one is; workers in a network of their own, where
   * there is one.
   *
   * @param options further ones of that JVM
   * @param jars its class path
   */
  static List<String> command(List<String> options, String jars, List<String> arguments) {
    List<String> command =
        new ArrayList<>(arguments.contains("--workers") ? LoopbackNetwork.prefix() : List.of());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(options);
    command.addAll(List.of("-cp", jars, Kt.class.getName()));
    command.addAll(arguments);
    return command;
  }

  /**
   * Starts it.
   *
   * @param folder its current folder
   * @param log gets what it prints, behind what earlier ones have printed
   */
  static KtProcess start(Path folder, Path log, List<String> arguments) throws IOException {
    Process process =
        new ProcessBuilder(command(List.of(), System.getProperty("java.class.path"), arguments))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    return new KtProcess(process, log);
  }

  /** Runs it to its end, which has to be a good one; says how many milliseconds that took. */
  static long run(Path folder, Path log, List<String> arguments)
      throws IOException, InterruptedException {
    long began = System.nanoTime();
    start(folder, log, arguments).requireGoodEnd();
    return (System.nanoTime() - began) / 1_000_000;
  }

  void requireGoodEnd() throws IOException, InterruptedException {
    assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).as("%s ends", process.info()).isTrue();
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
  }

  /** What is killed. */
  enum Victim {
    /** The process alone; those that it has started have to notice. */
    ITSELF,
    /** It and all that it has started. */
    ALL,
    /** One that it has started, if there is one; it has to notice. */
    A_CHILD
  }

  /** Kills it or others, unless it ends before; says whether. */
  boolean killAfter(long millis, Victim victim, SplittableRandom random)
      throws IOException, InterruptedException {
    if (process.waitFor(millis, TimeUnit.MILLISECONDS)) {
      requireGoodEnd();
      return false;
    }
    List<ProcessHandle> started = process.descendants().toList();
    if (victim == Victim.A_CHILD && !started.isEmpty()) {
      killed(started.get(random.nextInt(started.size())));
      assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).as("%s ends", log).isTrue();
      return true;
    }
    process.destroyForcibly().waitFor();
    if (victim == Victim.ALL) {
      started.forEach(KtProcess::killed);
    }
    return true;
  }

  private static void killed(ProcessHandle process) {
    process.destroyForcibly();
    process.onExit().join();
  }
}
