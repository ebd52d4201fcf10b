package org.kt4j.site;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.commonmark.node.Link;

/**
 * The order of the pages, from {@code docs/site/navigation.md}: a heading of the second level
 * begins a group, one of the third a part of it, and the links below it are its pages.
 */
final class Navigation {

  /** Pages of the sidebar that open and close together. */
  record Group(String name, List<Part> parts) {

    private long pagesBelow(String folder) {
      return parts.stream()
          .flatMap(part -> part.entries().stream())
          .filter(entry -> entry.page().path().startsWith(folder))
          .count();
    }
  }

  /**
   * Pages below one line of a group.
   *
   * @param name empty for those that stand directly in the group
   */
  record Part(String name, List<Entry> entries) {}

  /** A page, and how the sidebar calls it. */
  record Entry(String name, Page page) {}

  private final List<Group> groups = new ArrayList<>();

  /** Every page has a place: one that is not listed goes to where its neighbours are. */
  Navigation(Repository repository) {
    Page list = repository.navigation();
    Set<Page> listed = new HashSet<>();
    Page.walk(
        list.document(),
        node -> {
          if (node instanceof org.commonmark.node.Heading heading && heading.getLevel() == 2) {
            groups.add(new Group(list.heading(node).text(), new ArrayList<>()));
          } else if (node instanceof org.commonmark.node.Heading heading
              && heading.getLevel() == 3) {
            last(groups).parts().add(new Part(list.heading(node).text(), new ArrayList<>()));
          } else if (node instanceof Link link
              && repository.resolve(list, link.getDestination())
                  instanceof Destination.ToPage target) {
            listed.add(target.page());
            entries().add(new Entry(Page.text(link), target.page()));
          }
        });
    if (groups.isEmpty()) {
      groups.add(new Group("Pages", new ArrayList<>()));
    }
    repository.pages().stream().filter(page -> !listed.contains(page)).forEach(this::add);
  }

  private List<Entry> entries() {
    if (groups.isEmpty()) {
      groups.add(new Group("Pages", new ArrayList<>()));
    }
    List<Part> parts = last(groups).parts();
    if (parts.isEmpty()) {
      parts.add(new Part("", new ArrayList<>()));
    }
    return last(parts).entries();
  }

  private void add(Page page) {
    String folder = page.path();
    do {
      folder = folder.substring(0, folder.lastIndexOf('/', folder.length() - 2) + 1);
    } while (!folder.isEmpty() && mostBelow(folder).pagesBelow(folder) == 0);
    List<Part> parts = mostBelow(folder).parts();
    if (parts.isEmpty()) {
      parts.add(new Part("", new ArrayList<>()));
    }
    last(parts).entries().add(new Entry(page.title(), page));
  }

  private Group mostBelow(String folder) {
    return groups.stream()
        .max(Comparator.comparingLong(group -> group.pagesBelow(folder)))
        .orElseThrow();
  }

  private static <T> T last(List<T> list) {
    return list.get(list.size() - 1);
  }

  List<Group> groups() {
    return groups;
  }

  /** All pages, in the order of the sidebar, each once. */
  List<Page> order() {
    return groups.stream()
        .flatMap(group -> group.parts().stream())
        .flatMap(part -> part.entries().stream())
        .map(Entry::page)
        .distinct()
        .toList();
  }
}
