package org.kt4j.cli;

import java.util.concurrent.Callable;
import org.kt4j.engine.BuildFacts;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.graph.ThisProcess;
import org.kt4j.engine.run.Environment;
import picocli.CommandLine.Command;

/** {@code kt version}. */
@Command(name = "version", description = "Show the versions of everything, for reports of faults.")
final class VersionCommand implements Callable<Integer> {

  private final Terminal terminal;

  VersionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    BuildFacts facts = new BuildFacts();
    terminal.line("kt4j        " + facts.version());
    // Before anything of TensorFlow is touched.
    NativeRuntime.start();
    Environment here = ThisProcess.environment();
    terminal.line(
        "TensorFlow  " + here.tensorflow() + " (TensorFlow Java " + facts.tensorFlowJava() + ")");
    terminal.line("oneDNN      " + (here.oneDnn() ? "on" : "off"));
    terminal.line("DJL         " + facts.djl());
    terminal.line("Java        " + here.java() + ", " + System.getProperty("java.vm.name"));
    terminal.line("system      " + here.system() + ", " + here.cores() + " cores");
    return 0;
  }
}
