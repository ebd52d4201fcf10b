package org.kt4j.spark;

import java.util.Arrays;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/** A process of kt as the work of a task of Spark. */
final class TaskProcess {

  private static final String GPU = "gpu";

  private TaskProcess() {}

  /**
   * Runs it until it ends or the task is killed. Its output goes to the executor's log.
   *
   * @param who stands before each line of its output
   */
  static KtProcess.Ended run(ProcessBuilder builder, TaskContext context, String who)
      throws InterruptedException {
    // Spark does not always interrupt the thread of a task that it kills.
    return KtProcess.run(builder, context::isInterrupted, line -> System.out.println(who + line));
  }

  /** This machine, as Spark calls it. */
  static String host() {
    return SparkEnv.get().blockManager().blockManagerId().host();
  }

  /** With spark.task.resource.gpu.amount Spark says which GPUs are a task's own. */
  static void useItsDevices(ProcessBuilder builder, TaskContext context) {
    ResourceInformation gpus = context.resourcesJMap().get(GPU);
    if (gpus != null) {
      builder
          .environment()
          .put("CUDA_VISIBLE_DEVICES", String.join(",", Arrays.asList(gpus.addresses())));
    }
  }
}
