package org.kt4j.site;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.commonmark.node.Node;

/**
 * What the search looks through: a script and no JSON file, since a page that was opened from a
 * disk may read scripts only. The browser makes the index from it when somebody begins to search.
 */
final class SearchIndex {

  /**
   * A heading and what stands below it.
   *
   * @param url in the site
   * @param page title of the page
   */
  record Section(String url, String page, String heading, String text) {}

  private SearchIndex() {}

  static String script(List<Page> pages) {
    List<Section> sections = pages.stream().flatMap(page -> sections(page).stream()).toList();
    try {
      return "window.ktSections = " + new ObjectMapper().writeValueAsString(sections) + ";\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write the index", e);
    }
  }

  static List<Section> sections(Page page) {
    List<Section> sections = new ArrayList<>();
    String address = Address.ofPage(page.path());
    String url = address;
    String heading = page.title();
    StringBuilder text = new StringBuilder();
    for (Node block = page.document().getFirstChild(); block != null; block = block.getNext()) {
      if (block instanceof org.commonmark.node.Heading) {
        if (!text.isEmpty()) {
          sections.add(new Section(url, page.title(), heading, text.toString().strip()));
          text.setLength(0);
        }
        Heading next = page.heading(block);
        url = next.level() == 1 ? address : address + "#" + next.id();
        heading = next.text();
      } else {
        text.append(Page.text(block)).append(' ');
      }
    }
    sections.add(new Section(url, page.title(), heading, text.toString().strip()));
    return sections;
  }
}
