package org.kt4j.spark;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;

/** One worker of a training, in a task: agrees with the others on addresses, then runs kt. */
final class Worker implements FlatMapFunction<Iterator<Integer>, String> {

  private static final long serialVersionUID = 1;

  private final KtInstallation kt;
  private final List<String> arguments;
  private final int workers;
  private final PortRange ports;

  Worker(KtInstallation kt, List<String> arguments, int workers, PortRange ports) {
    this.kt = kt;
    this.arguments = arguments;
    this.workers = workers;
    this.ports = ports;
  }

  /** The last lines of what worker 0 said; nothing of the others. */
  @Override
  public Iterator<String> call(Iterator<Integer> ranks) throws Exception {
    BarrierTaskContext context = BarrierTaskContext.get();
    int rank = context.partitionId();
    String host = host(context.getTaskInfos()[rank].address());
    String who = "worker " + rank + " of " + workers + " on " + host + ": ";
    // What is wrong on this machine is said before the others are waited for.
    List<String> command = new ArrayList<>(List.of("train"));
    command.addAll(arguments);
    ProcessBuilder builder;
    try {
      builder = kt.builder(host, command);
      requireConfig(host);
    } catch (KtFailure e) {
      throw new KtFailure(KtFailure.BAD_INPUT, who + e.reason());
    }
    String[] addresses = agreed(context, host);
    builder.command().addAll(List.of("--workers", String.join(",", addresses)));
    builder.command().addAll(List.of("--rank", Integer.toString(rank)));
    KtInstallation.limit(builder, context.cpus());
    TaskProcess.useItsDevices(builder, context);
    KtProcess.Ended ended = TaskProcess.run(builder.redirectErrorStream(true), context, who);
    if (ended.status() != 0) {
      throw new KtFailure(ended.status(), who + ended.reason());
    }
    return rank == 0 ? ended.words().tail().iterator() : Collections.emptyIterator();
  }

  private void requireConfig(String host) {
    String config = arguments.get(0);
    if (!Files.isRegularFile(kt.resolve(config))) {
      throw new KtFailure(
          KtFailure.BAD_INPUT,
          kt.resolve(config)
              + ": there is no such file on "
              + host
              + "; fix: put the configuration into a folder that all machines see at the same"
              + " path");
    }
  }

  /** The port is taken until all have chosen one, so that no two on a machine choose the same. */
  private String[] agreed(BarrierTaskContext context, String host) throws IOException {
    try (ServerSocket socket = FreePort.taken(ports, host)) {
      return context.allGather(host + ":" + socket.getLocalPort());
    }
  }

  /** Without the port of Spark's executor. */
  private static String host(String address) {
    int colon = address.lastIndexOf(':');
    return colon > address.lastIndexOf(']') ? address.substring(0, colon) : address;
  }
}
