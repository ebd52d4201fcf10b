package org.kt4j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What Maven knew when this was built. */
final class BuildFacts implements IVersionProvider {

  private final Properties facts = new Properties();

  BuildFacts() {
    try (InputStream in = BuildFacts.class.getResourceAsStream("build.properties")) {
      if (in == null) {
        throw new IllegalStateException("build.properties is missing beside " + BuildFacts.class);
      }
      facts.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("build.properties cannot be read", e);
    }
  }

  String of(String key) {
    return facts.getProperty(key, "unknown");
  }

  @Override
  public String[] getVersion() {
    return new String[] {"kt4j " + of("version")};
  }
}
