package org.kt4j.comparison.output;

import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** A figure or a page with holes in it: a Mustache file beside a class. */
public final class Template {

  private static final Mustache.Compiler MUSTACHE = Mustache.compiler().emptyStringIsFalse(true);

  private Template() {}

  /**
   * Fills the holes; text is escaped for HTML and SVG, except in three braces.
   *
   * @param beside a class in the package of the file
   * @param name of the file
   * @param values a record or a map, whose components are called as the holes are
   */
  public static String filled(Class<?> beside, String name, Object values) {
    return MUSTACHE.compile(text(beside, name)).execute(values);
  }

  /** A file beside a class, as it is. */
  public static String text(Class<?> beside, String name) {
    try (InputStream file = Objects.requireNonNull(beside.getResourceAsStream(name), name)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
  }
}
