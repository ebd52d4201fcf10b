package org.kt4j.speed;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.kt4j.comparison.suite.SuiteListener;
import org.kt4j.comparison.suite.SuiteOutcome;
import org.kt4j.comparison.suite.SuitePlan;
import org.kt4j.comparison.suite.SuiteReader;
import org.kt4j.comparison.suite.SuiteRunner;
import org.kt4j.engine.KtModule;

/** The part of a suite's time that is in none of its runs. */
final class SuiteOverhead implements Section {

  @Override
  public String name() {
    return "suite";
  }

  @Override
  public Outcome measure(Workbench bench) {
    boolean quick = bench.settings().quick();
    String data =
        quick
            ? "{name: shapes, train: 96, test: 40, held-out: 32, size: 16}"
            : "{name: shapes, train: 4000, test: 1000, held-out: 400}";
    String common =
        """
        data: %s
        batch-size: 32
        student: {network: resnet-%d}
        phases: [{name: p, epochs: %d, objective: [{term: cross-entropy}]}]
        """;
    try (TemporaryFolder folder = new TemporaryFolder()) {
      Path place = folder.path();
      Files.writeString(
          place.resolve("teacher.yaml"), String.format(Locale.ROOT, common, data, 14, 1));
      Files.writeString(
          place.resolve("base.yaml"),
          String.format(Locale.ROOT, common, data, 8, quick ? 1 : 12)
              + "teacher: {config: teacher.yaml, allow-weak: true}\n");
      Files.writeString(
          place.resolve("suite.yaml"),
          """
          base: base.yaml
          seeds: [1, 2]
          methods: [{name: KD, objective: [{term: cross-entropy}, {term: kd}]}]
          """);
      Injector injector = Guice.createInjector(KtModule.fromClassPath());
      SuitePlan plan =
          injector
              .getInstance(SuiteReader.class)
              .read(place.resolve("suite.yaml"), Map.of(), place.resolve("runs"));
      SuiteRunner runner = injector.getInstance(SuiteRunner.class);
      SuiteOutcome outcome =
          runner.run(
              plan, runner.inThisProcess(plan, SuiteListener.SILENT), 1, SuiteListener.SILENT);
      double outside = outcome.seconds() - outcome.secondsOfRuns();
      return Outcome.of(
          Figure.of(
                  name(),
                  "time outside the runs over that of the runs",
                  "",
                  outside / outcome.secondsOfRuns())
              .wanted(Figure.Target.atMost(0.02)),
          Figure.of(name(), "time of a run", "s", outcome.secondsOfRuns() / outcome.trained()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
