package org.kt4j.benchmarks.figures;

import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** A figure or a page with holes in it: a Mustache file beside this class. */
final class Template {

  private static final Mustache.Compiler MUSTACHE = Mustache.compiler();

  private Template() {}

  /**
   * Fills the holes; text is escaped for HTML and SVG.
   *
   * @param name of the file
   * @param values a record whose components are called as the holes are
   */
  static String filled(String name, Record values) {
    try (InputStream file =
        Objects.requireNonNull(Template.class.getResourceAsStream(name), name)) {
      return MUSTACHE.compile(new InputStreamReader(file, StandardCharsets.UTF_8)).execute(values);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
  }
}
