package org.kt4j.benchmarks.report;

import java.util.Map;
import org.kt4j.benchmarks.output.Template;

/** Pages in the frame that all of this package share. */
final class Pages {

  private Pages() {}

  /**
   * Fills a template into the frame.
   *
   * @param template its name without the ending
   * @param title of the page
   * @param values by name
   */
  static String html(String template, String title, Map<String, Object> values) {
    String body = Template.filled(Pages.class, template + ".mustache", values);
    Map<String, Object> frame =
        Map.of("title", title, "style", Template.text(Pages.class, "style.css"), "body", body);
    return Template.filled(Pages.class, "frame.mustache", frame);
  }
}
