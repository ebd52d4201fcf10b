package org.kt4j.comparison.output;

import java.util.Map;

/** A page that needs nothing beside itself, in the frame and style that all pages share. */
public final class Page {

  private Page() {}

  /**
   * Fills a template and puts it into the frame.
   *
   * @param beside a class in the package of the template
   * @param template its file
   * @param title of the page
   * @param values a record or a map, whose components are called as the holes are
   */
  public static String html(Class<?> beside, String template, String title, Object values) {
    Map<String, String> frame =
        Map.of(
            "title", title,
            "style", Template.text(Page.class, "style.css"),
            "body", Template.filled(beside, template, values));
    return Template.filled(Page.class, "frame.mustache", frame);
  }
}
