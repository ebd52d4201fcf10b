package org.kt4j.cli;

import org.kt4j.engine.BuildFacts;
import picocli.CommandLine.IVersionProvider;

/** What {@code kt --version} prints. */
final class VersionLine implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {"kt4j " + new BuildFacts().version()};
  }
}
