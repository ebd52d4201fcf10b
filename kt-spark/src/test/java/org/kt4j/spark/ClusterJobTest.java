package org.kt4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Spark with executors in processes of their own, of which something is killed. The driver is a
 * process as well: that it ends is what is tested, within a time that a hang exceeds.
 */
@Tag("slow")
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClusterJobTest {

  private static final int MINUTES = 4;

  private static final String TWO_EXECUTORS = "local-cluster[2,1,1024]";

  /** With two tasks at a time; where executors do not matter, the second would only take time. */
  private static final String ONE_EXECUTOR = "local-cluster[1,2,1024]";

  @TempDir private Path folder;
  private FakeKt kt;

  @BeforeEach
  void a_kt() throws IOException {
    kt = FakeKt.in(folder);
  }

  @Test
  void two_executors_train_together() throws Exception {
    Driver driver = driver(TWO_EXECUTORS);

    assertThat(driver.ended()).isZero();
    assertThat(driver.said()).contains("run folder: runs/c/seed-1");
    assertThat(kt.lines("called-0").get(0))
        .matches("train c.yaml --workers .*:2\\d{4},.*:2\\d{4} --rank 0");
    assertThat(kt.lines("called-1")).hasSize(1);
  }

  @Test
  void the_driver_ends_when_a_worker_is_killed() throws Exception {
    kt.write("hang", "");
    Driver driver = driver(TWO_EXECUTORS);
    kt.process(0);

    kt.process(1).destroyForcibly();

    assertThat(driver.ended()).isEqualTo(1);
    assertThat(driver.said())
        .containsPattern("kt-spark: worker 1 of 2 on .*: its process was killed by signal 9");
    assertThat(kt.ends(0)).isTrue();
  }

  @Test
  void the_driver_ends_when_an_executor_is_killed_and_so_do_all_workers() throws Exception {
    kt.write("hang", "");
    Driver driver = driver(TWO_EXECUTORS);
    ProcessHandle executor = kt.process(0).parent().orElseThrow();
    kt.process(1);

    executor.destroyForcibly();

    assertThat(driver.ended()).isEqualTo(1);
    assertThat(driver.said()).contains("kt-spark: Spark lost an executor: ");
    assertThat(kt.ends(0)).isTrue();
    assertThat(kt.ends(1)).isTrue();
  }

  @Test
  void workers_end_when_the_driver_is_killed() throws Exception {
    kt.write("hang", "");
    Driver driver = driver(ONE_EXECUTOR);
    kt.process(0);
    kt.process(1);

    driver.process().destroyForcibly();

    assertThat(kt.ends(0)).isTrue();
    assertThat(kt.ends(1)).isTrue();
  }

  @Test
  void relative_paths_are_those_of_the_driver() throws Exception {
    Files.createDirectory(folder.resolve("run"));
    kt.write("a.jpg", "ant");
    kt.write("b.jpg", "bee");

    Driver driver =
        driver(
            ONE_EXECUTOR, "predict", "run", "*.jpg", "out", "--format", "json", "--per-task", "1");

    assertThat(driver.ended()).as(driver.said()).isZero();
    assertThat(folder.resolve("out")).isDirectoryContaining("glob:**/_SUCCESS");
    assertThat(driver.said()).contains("2 answers in out");
  }

  /** Spark's barrier leaves a thread behind where tasks run, here in the driver. */
  @Test
  void a_driver_whose_tasks_run_inside_of_it_ends() throws Exception {
    Driver driver = driver("local[2]");

    assertThat(driver.ended()).isZero();
  }

  private record Driver(Process process, Path log) {

    int ended() throws InterruptedException {
      assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).as("the driver ends").isTrue();
      return process.exitValue();
    }

    String said() throws IOException {
      return Files.readString(log);
    }
  }

  private Driver driver(String master) throws IOException {
    return driver(master, "train", "c.yaml", "--workers", "2");
  }

  private Driver driver(String master, String... arguments) throws IOException {
    String jars = System.getProperty("java.class.path");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-exports=java.base/sun.nio.ch=ALL-UNNAMED");
    command.addAll(List.of("-Xmx1g", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.add("-Dspark.master=" + master);
    command.add("-Dspark.ui.enabled=false");
    command.add("-Dspark.executor.extraClassPath=" + jars);
    command.add("-Dspark.executor.extraJavaOptions=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
    command.addAll(List.of("-cp", jars, KtSpark.class.getName()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--kt", folder.toString(), "--dir", folder.toString()));
    Path log = folder.resolve("driver.log");
    ProcessBuilder builder = new ProcessBuilder(command);
    // What the scripts of a Spark installation set; its JARs are on the class path of the test.
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder
        .environment()
        .put("SPARK_HOME", Files.createDirectories(folder.resolve("spark/jars")).getParent() + "");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    Process process =
        builder
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    return new Driver(process, log);
  }
}
