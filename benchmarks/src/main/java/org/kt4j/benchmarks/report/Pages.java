package org.kt4j.benchmarks.report;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;

/** Templates, and files that are there whole or not at all. */
final class Pages {

  private Pages() {}

  /**
   * Fills a template of this package into the frame that all pages share. What is inserted is
   * escaped, except by three braces.
   *
   * @param template its name without the ending
   * @param title of the page
   * @param values by name
   */
  static String html(String template, String title, Map<String, Object> values) {
    Mustache.Compiler compiler = Mustache.compiler().emptyStringIsFalse(true);
    Template body = compiler.compile(resource(template + ".mustache"));
    Map<String, Object> frame = new HashMap<>();
    frame.put("title", title);
    frame.put("style", resource("style.css"));
    frame.put("body", body.execute(values));
    return compiler.compile(resource("frame.mustache")).execute(frame);
  }

  private static String resource(String name) {
    try (InputStream stream = Pages.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("the resource " + name + " is missing");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path write(Path file, String text) {
    Path beside = file.resolveSibling(file.getFileName() + ".writing");
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.writeString(beside, text);
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }
}
