package org.kt4j.speed;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a second worker gains; {@code benchmarks/run workers}. */
public final class WorkerSpeed {

  private WorkerSpeed() {}

  /** Measures and prints. */
  public static void main(String[] arguments) throws IOException {
    @Nullable KtCommand kt = KtCommand.ofHome();
    List<Section> sections =
        List.of(
            new WorkerThroughput(kt, "resnet-20", 32, 1.8),
            new WorkerThroughput(kt, "resnet-56", 32, null),
            new WorkerThroughput(kt, "imagenet-resnet-18", 64, null));
    BenchmarkArguments given =
        BenchmarkArguments.parse(
            "workers", arguments, sections.stream().map(Section::name).toList());
    Workbench bench = new Workbench(given.quick() ? Settings.smoke() : Settings.full());
    List<String> notes =
        List.of(
            "Whole trainings by kt train, with cross-entropy alone and 64 pictures for each worker,"
                + " one thread each; medians of their epochs without the first. Trainings with one"
                + " and with two workers take turns.");
    given.publish(
        Report.measured("What a second worker gains", bench, given.chosen(sections), notes)
            .markdown());
  }
}
