package org.kt4j.spark;

import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;

/**
 * A part of a suite, in a task. That it fails is its result: Spark would try it again, which helps
 * against a lost machine and not against a bad configuration.
 */
final class SuitePart implements Function<String, String> {

  private static final long serialVersionUID = 1;

  private final KtInstallation kt;
  private final List<String> command;

  SuitePart(KtInstallation kt, List<String> command) {
    this.kt = kt;
    this.command = command;
  }

  /** Why it failed; empty when it did not. */
  @Override
  public String call(String run) throws InterruptedException {
    TaskContext context = TaskContext.get();
    String host = TaskProcess.host();
    try {
      ProcessBuilder builder = kt.builder(host, command).redirectErrorStream(true);
      KtInstallation.limit(builder, context.cpus());
      TaskProcess.useItsDevices(builder, context);
      KtProcess.Ended ended = TaskProcess.run(builder, context, run + ": ");
      return ended.status() == 0 ? "" : ended.reason() + " (on " + host + ")";
    } catch (KtFailure e) {
      return e.reason();
    }
  }
}
