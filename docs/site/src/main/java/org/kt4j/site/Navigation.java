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
  record Group(String name, List<Part> parts) {}

  /**
   * Pages below one line of a group.
   *
   * @param name empty for those that stand directly in the group
   */
  record Part(String name, List<Entry> entries) {

    private long neighbours(String folder, long depth) {
      return entries.stream()
          .map(entry -> entry.page().path())
          .filter(path -> path.startsWith(folder) && depth(path) == depth)
          .count();
    }
  }

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
            parts().add(new Part(list.heading(node).text(), new ArrayList<>()));
          } else if (node instanceof Link link
              && repository.resolve(list, link.getDestination())
                  instanceof Destination.ToPage target) {
            listed.add(target.page());
            entries().add(new Entry(Page.text(link), target.page()));
          }
        });
    repository.pages().stream().filter(page -> !listed.contains(page)).forEach(this::add);
  }

  private List<Part> parts() {
    if (groups.isEmpty()) {
      groups.add(new Group("Pages", new ArrayList<>()));
    }
    return last(groups).parts();
  }

  private List<Entry> entries() {
    if (parts().isEmpty()) {
      parts().add(new Part("", new ArrayList<>()));
    }
    return last(parts()).entries();
  }

  /** Where most pages are that lie as deep in the same folder, or in the nearest one above. */
  private void add(Page page) {
    String folder = page.path();
    List<Entry> place = List.of();
    while (place.isEmpty() && !folder.isEmpty()) {
      folder = folder.substring(0, folder.lastIndexOf('/', folder.length() - 2) + 1);
      place = neighbours(folder, depth(page.path()));
    }
    (place.isEmpty() ? entries() : place).add(new Entry(page.title(), page));
  }

  private List<Entry> neighbours(String folder, long depth) {
    return groups.stream()
        .flatMap(group -> group.parts().stream())
        .filter(part -> part.neighbours(folder, depth) > 0)
        .max(Comparator.comparingLong(part -> part.neighbours(folder, depth)))
        .map(Part::entries)
        .orElse(List.of());
  }

  private static long depth(String path) {
    return path.chars().filter(each -> each == '/').count();
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
