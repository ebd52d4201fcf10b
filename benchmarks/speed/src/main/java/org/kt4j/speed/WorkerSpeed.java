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
            new WorkerThroughput(kt),
            new WorkerCost("resnet-20", 32),
            new WorkerCost("resnet-56", 32),
            new WorkerCost("imagenet-resnet-18", 64));
    BenchmarkArguments given =
        BenchmarkArguments.parse(
            "workers", arguments, sections.stream().map(Section::name).toList());
    Workbench bench = new Workbench(given.quick() ? Settings.smoke() : Settings.full());
    List<String> notes =
        List.of(
            "Cross-entropy alone, 64 pictures in a step of each worker, one thread for each. What is"
                + " compared takes turns.",
            "training: whole trainings of a ResNet-20 by kt train; medians of their epochs without"
                + " the first.",
            "Networks: the training loop with its batches, in processes of their own. A step is the"
                + " median, processor time the mean over the steps, and over both workers.",
            "The exchange alone is that of the same gradients between two such processes that do"
                + " nothing else. The model is that of kt cluster-cost, without a limit of the"
                + " network: the step of one worker, and what the exchange takes by its figures.");
    given.publish(
        Report.measured("What a second worker gains", bench, given.chosen(sections), notes)
            .markdown());
  }
}
