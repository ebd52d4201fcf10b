package org.kt4j.cli;

import java.util.concurrent.Callable;
import org.kt4j.engine.BuildFacts;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.graph.ThisProcess;
import org.kt4j.engine.run.Environment;
import picocli.CommandLine.Command;

/** {@code kt version}. */
@Command(
    name = "version",
    description = "Show the versions of kt4j and its libraries, and the machine, for bug reports.")
final class VersionCommand implements Callable<Integer> {

  /** Set by the script of an archive. */
  private static final String ARCHIVE = "kt.archive";

  private final Terminal terminal;

  VersionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    BuildFacts facts = new BuildFacts();
    String archive = System.getProperty(ARCHIVE);
    terminal.line(
        "kt4j        " + facts.version() + (archive == null ? "" : ", archive for " + archive));
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
