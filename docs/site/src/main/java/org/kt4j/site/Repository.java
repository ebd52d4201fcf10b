package org.kt4j.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The Markdown pages of a checkout, and where their links lead. */
final class Repository {

  /** The list of pages for the sidebar, which is none itself. */
  static final String NAVIGATION = "docs/site/navigation.md";

  /** Folders with pages at any depth; in the root there are pages, too. */
  private static final List<String> FOLDERS = List.of("docs", "benchmarks");

  /** Made, not written. */
  private static final Set<String> MADE = Set.of("target", "node_modules", "runs");

  private static final Pattern ELSEWHERE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:.*");

  private final Path root;
  private final SortedMap<String, Page> pages = new TreeMap<>();

  /** Reads every page below the root of a checkout. */
  Repository(Path root) {
    this.root = root.toAbsolutePath().normalize();
    try (Stream<Path> files = Files.list(this.root)) {
      files.filter(Files::isRegularFile).forEach(this::read);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + root, e);
    }
    for (String folder : FOLDERS) {
      if (Files.isDirectory(this.root.resolve(folder))) {
        filesBelow(folder).forEach(path -> read(this.root.resolve(path)));
      }
    }
  }

  private void read(Path file) {
    String path = path(file);
    if (path.endsWith(".md") && !path.equals(NAVIGATION)) {
      pages.put(path, new Page(path, text(path)));
    }
  }

  /** In the order of their paths. */
  Collection<Page> pages() {
    return pages.values();
  }

  /** The page of this path, or null. */
  @Nullable Page page(String path) {
    return pages.get(path);
  }

  /** The list of pages for the sidebar; empty where there is none. */
  Page navigation() {
    return new Page(NAVIGATION, Files.exists(root.resolve(NAVIGATION)) ? text(NAVIGATION) : "");
  }

  boolean exists(String path) {
    return Files.isRegularFile(root.resolve(path));
  }

  String text(String path) {
    try {
      return Files.readString(root.resolve(path)).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }

  byte[] bytes(String path) {
    try {
      return Files.readAllBytes(root.resolve(path));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }

  /** The paths of all files of a folder that were written and not made, sorted. */
  List<String> filesBelow(String folder) {
    List<String> found = new ArrayList<>();
    try {
      Files.walkFileTree(
          root.resolve(folder),
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
              return isMade(dir.getFileName().toString())
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (!isMade(file.getFileName().toString())) {
                found.add(path(file));
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + folder, e);
    }
    found.sort(null);
    return found;
  }

  private static boolean isMade(String name) {
    return name.startsWith(".") || MADE.contains(name);
  }

  private String path(Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }

  /** Every link of the pages, and of the list for the sidebar, that leads nowhere. */
  List<Problem> problems() {
    return Stream.concat(pages.values().stream(), Stream.of(navigation()))
        .flatMap(page -> page.references().stream().flatMap(link -> problem(page, link)))
        .toList();
  }

  private Stream<Problem> problem(Page page, Reference link) {
    return resolve(page, link.target()) instanceof Destination.Nowhere nowhere
        ? Stream.of(new Problem(page.path(), link.line(), link.target(), nowhere.reason()))
        : Stream.empty();
  }

  /** Where a link of a page leads. */
  Destination resolve(Page from, String target) {
    URI address;
    try {
      address = new URI(target);
    } catch (URISyntaxException e) {
      return new Destination.Nowhere("not an address: " + e.getReason());
    }
    if (ELSEWHERE.matcher(target).matches()) {
      return new Destination.Elsewhere(target);
    }
    String anchor = address.getFragment() == null ? "" : address.getFragment();
    if (address.getPath().isEmpty()) {
      return in(from, anchor);
    }
    Path file =
        root.resolve(from.path()).resolveSibling(address.getPath()).toAbsolutePath().normalize();
    if (!file.startsWith(root)) {
      return new Destination.Nowhere("outside of the repository; name a file in it");
    }
    String path = path(file);
    for (String part : path.split("/", -1)) {
      if (isMade(part)) {
        return new Destination.Nowhere(
            "'" + part + "' holds what is made, which a fresh checkout does not have");
      }
    }
    String page = Files.isDirectory(file) ? (path + "/README.md").replaceFirst("^/", "") : path;
    Page found = pages.get(page);
    if (found != null) {
      return in(found, anchor);
    }
    if (!Files.exists(file)) {
      return new Destination.Nowhere("there is no " + path + alike(path));
    }
    if (!anchor.isEmpty()) {
      return new Destination.Nowhere(path + " is no Markdown page, so it has no '#" + anchor + "'");
    }
    return Files.isDirectory(file) ? new Destination.ToFolder(path) : new Destination.ToFile(path);
  }

  private static Destination in(Page page, String anchor) {
    if (anchor.isEmpty()) {
      return new Destination.ToPage(page, "");
    }
    if (page.headings().stream().noneMatch(heading -> heading.id().equals(anchor))) {
      return new Destination.Nowhere(
          page.path()
              + " has no heading '#"
              + anchor
              + "'; it has "
              + page.headings().stream()
                  .map(heading -> "#" + heading.id())
                  .collect(Collectors.joining(", ")));
    }
    return new Destination.ToPage(page, "#" + anchor);
  }

  /** Pages elsewhere that have the same name. */
  private String alike(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    String found =
        pages.keySet().stream()
            .filter(each -> each.endsWith("/" + name) || each.equals(name))
            .collect(Collectors.joining(", "));
    return found.isEmpty() ? "" : "; of that name there is " + found;
  }
}
