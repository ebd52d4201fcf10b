package org.kt4j.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** What Maven knew when this was built. */
public final class BuildFacts {

  private static final String FILE = "build.properties";

  private final Properties facts = new Properties();

  /** Reads them. */
  public BuildFacts() {
    try (InputStream in = BuildFacts.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException(FILE + " is missing beside " + BuildFacts.class);
      }
      facts.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " cannot be read", e);
    }
  }

  /** The version of kt4j. */
  public String version() {
    return of("version");
  }

  /** The version of TensorFlow Java, which is not that of TensorFlow. */
  public String tensorFlowJava() {
    return of("tensorflow-java");
  }

  /** The version of DJL. */
  public String djl() {
    return of("djl");
  }

  private String of(String key) {
    return facts.getProperty(key, "unknown");
  }
}
