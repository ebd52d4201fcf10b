package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java of the README is compiled as it stands there and run on fewer and smaller pictures. */
class ReadmeTest {

  private static final String AROUND =
      """
      import com.google.inject.Guice;
      import com.google.inject.Injector;
      import java.nio.file.Path;
      import org.kt4j.classification.ClassificationModule;
      import org.kt4j.engine.KtModule;
      import org.kt4j.engine.experiment.ExperimentConfig;
      import org.kt4j.engine.experiment.ExperimentReader;
      import org.kt4j.engine.run.RunResult;
      import org.kt4j.engine.source.RunPlan;
      import org.kt4j.engine.task.TrainingListener;
      import org.kt4j.engine.training.Trainer;
      import org.kt4j.kd.KdModule;
      import org.kt4j.nst.NstModule;

      public class Example {
        public static void main(String[] arguments) {
      BODY
        }
      }
      """;

  private static final String SMALL = "train: 96, test: 32, held-out: 32, size: 16";

  @TempDir private Path folder;

  @Test
  void the_example_compiles_and_trains() throws Exception {
    Path teacherConfig = folder.resolve("teacher.yaml");
    Path teacher = folder.resolve("teacher");
    Files.writeString(
        teacherConfig,
        "data: {name: shapes, "
            + SMALL
            + "}\nstudent: {network: resnet-8, width: 4}\nbatch-size: 16\n"
            + "phases: [{name: teacher, epochs: 1, objective: [{term: cross-entropy}]}]\n");
    CommandRun trained = CommandRun.kt("train", teacherConfig, "--out", teacher);
    assertThat(trained.exitCode()).as(trained.err()).isZero();
    String readme = Files.readString(Path.of(System.getProperty("user.dir"), "..", "README.md"));
    Matcher block = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL).matcher(readme);
    assertThat(block.find()).isTrue();
    String source =
        AROUND
            .replace("BODY", block.group(1))
            .replace("train: 2000", SMALL)
            .replace(
                "{run: runs/quickstart/teacher/seed-1}", "{run: " + teacher + ", allow-weak: true}")
            .replace("{network: resnet-8}", "{network: resnet-8, width: 4}")
            .replace("epochs: 6", "epochs: 1")
            .replace("runs/from-java", folder.resolve("run").toString());
    Path file = Files.writeString(folder.resolve("Example.java"), source);

    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", folder.toString(), file.toString());
    assertThat(compiled).isZero();
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      loader
          .loadClass("Example")
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(out);
    }

    assertThat(printed.toString(StandardCharsets.UTF_8)).startsWith("test accuracy 0.");
    assertThat(folder.resolve("run/result.json")).exists();
  }
}
