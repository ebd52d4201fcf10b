package org.kt4j.cli;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Another process of this command, which ends when this one does; see {@link ParentWatch}. */
final class ChildCommand {

  private ChildCommand() {}

  /**
   * A process that computes with some of the cores.
   *
   * @param cores 1 or more
   * @param arguments of the command
   */
  static ProcessBuilder of(int cores, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-XX:ActiveProcessorCount=" + cores);
    command.add("-D" + ParentWatch.PROPERTY + "=" + ProcessHandle.current().pid());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Kt.class.getName()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    // TensorFlow counts the machine's cores itself.
    String share = Integer.toString(cores);
    Map<String, String> environment = builder.environment();
    environment.put("TF_NUM_INTRAOP_THREADS", share);
    environment.put("TF_NUM_INTEROP_THREADS", share);
    environment.put("OMP_NUM_THREADS", share);
    return builder;
  }
}
