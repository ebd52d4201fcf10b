package org.kt4j.site;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.renderer.html.HtmlRenderer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the site: a page for each Markdown file, for each folder and each text file that one of
 * them links to, the pictures, and what the search needs. The same sources give the same files,
 * byte for byte.
 */
public final class Site {

  /** Where the Javadoc lies in the site, if it was made. */
  private static final String API = "apidocs";

  private static final List<String> ASSETS = List.of("site.css", "theme.js", "site.js");

  private static final String LUNR = "META-INF/resources/webjars/lunr/";

  /** A header cell without words is none, to those who hear the table. */
  private static final Pattern EMPTY_HEADER = Pattern.compile("<th((?: [^>]*)?)></th>");

  private static final Template FRAME =
      Mustache.compiler()
          .emptyStringIsFalse(true)
          .defaultValue("")
          .compile(resource("page.mustache"));

  private final Repository repository;
  private final Navigation navigation;
  private final Path out;
  private final boolean withApi;
  private final Set<String> linked = new TreeSet<>();

  private Site(Repository repository, Path out) {
    this.repository = repository;
    this.navigation = new Navigation(repository);
    this.out = out;
    this.withApi = Files.exists(out.resolve(API).resolve("index.html"));
  }

  /**
   * Writes the site of a checkout.
   *
   * @param arguments the root of the checkout, and the folder to write to, whose {@code apidocs},
   *     the Javadoc, stays
   * @throws IllegalStateException if a link leads nowhere, or the Javadoc is not there
   */
  public static void main(String[] arguments) {
    if (arguments.length != 2) {
      throw new IllegalArgumentException(
          "two arguments are needed, the root of the repository and the folder for the site; got "
              + arguments.length);
    }
    Path out = Path.of(arguments[1]);
    Path javadoc = out.resolve(API).resolve("index.html");
    if (!Files.exists(javadoc)) {
      throw new IllegalStateException("no site was written: there is no Javadoc, " + javadoc);
    }
    List<Problem> problems = write(Path.of(arguments[0]), out);
    problems.forEach(System.err::println);
    if (!problems.isEmpty()) {
      throw new IllegalStateException(
          "no site was written: "
              + problems.size()
              + (problems.size() == 1 ? " link leads" : " links lead")
              + " nowhere, see above");
    }
    System.out.println("the site: " + out.resolve("index.html").toAbsolutePath().normalize());
  }

  /** Writes the site, or nothing if there are problems. */
  static List<Problem> write(Path root, Path out) {
    Repository repository = new Repository(root);
    List<Problem> problems = repository.problems();
    if (problems.isEmpty()) {
      new Site(repository, out).write();
    }
    return problems;
  }

  private void write() {
    clear();
    List<Page> order = navigation.order();
    for (int i = 0; i < order.size(); i++) {
      Page before = i == 0 ? null : order.get(i - 1);
      Page after = i == order.size() - 1 ? null : order.get(i + 1);
      writePage(order.get(i), before, after);
    }
    writeLinked();
    for (String asset : ASSETS) {
      put("assets/" + asset, resource(asset).getBytes(StandardCharsets.UTF_8));
    }
    String lunr = LUNR + lunrVersion() + "/";
    put("assets/lunr.min.js", fromClassPath(lunr + "lunr.min.js"));
    put("assets/lunr-LICENSE.txt", fromClassPath(lunr + "LICENSE"));
    put("assets/sections.js", SearchIndex.script(order).getBytes(StandardCharsets.UTF_8));
  }

  /** What an earlier call has left, but not the Javadoc. */
  private void clear() {
    if (!Files.isDirectory(out)) {
      return;
    }
    Path api = out.resolve(API);
    try (Stream<Path> files = Files.walk(out)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!file.equals(out) && !file.startsWith(api)) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot clear " + out, e);
    }
  }

  private void writePage(Page page, @Nullable Page before, @Nullable Page after) {
    String address = Address.ofPage(page.path());
    String html =
        EMPTY_HEADER
            .matcher(renderer(page, address).render(page.document()))
            .replaceAll("<td$1></td>");
    Map<String, Object> values = frame(address, page.title(), page);
    values.put("body", html);
    values.put("source", page.path());
    List<Heading> sections =
        page.headings().stream()
            .filter(heading -> heading.level() == 2 || heading.level() == 3)
            .toList();
    values.put("hasContents", sections.size() > 2);
    values.put("contents", sections);
    values.put("before", before == null ? "" : step(address, before));
    values.put("after", after == null ? "" : step(address, after));
    String beside = page.path().replaceFirst("\\.md$", ".html");
    if (repository.exists(beside)) {
      linked.add(beside);
      values.put("withCharts", Address.relative(address, beside));
    }
    put(address, fill(values));
  }

  private static Map<String, String> step(String from, Page to) {
    return Map.of("href", Address.relative(from, Address.ofPage(to.path())), "title", to.title());
  }

  private HtmlRenderer renderer(Page page, String address) {
    return HtmlRenderer.builder()
        .extensions(Page.EXTENSIONS)
        .attributeProviderFactory(
            context ->
                (node, tag, attributes) -> {
                  if (node instanceof Link link) {
                    attributes.put("href", href(page, address, link.getDestination()));
                  } else if (node instanceof Image image) {
                    attributes.put("src", href(page, address, image.getDestination()));
                  } else if (node instanceof org.commonmark.node.Heading) {
                    attributes.put("id", page.heading(node).id());
                  }
                })
        .build();
  }

  /** A link of a page, from its place in the site. */
  private String href(Page page, String address, String target) {
    Destination destination = repository.resolve(page, target);
    if (destination instanceof Destination.Elsewhere elsewhere) {
      return elsewhere.address();
    } else if (destination instanceof Destination.ToPage to) {
      String there = Address.ofPage(to.page().path());
      return there.equals(address) && !to.anchor().isEmpty()
          ? to.anchor()
          : Address.relative(address, there) + to.anchor();
    } else if (destination instanceof Destination.ToFile to) {
      linked.add(to.path());
      return Address.relative(address, Address.ofFile(to.path(), isAsItIs(to.path())));
    } else if (destination instanceof Destination.ToFolder to) {
      linked.add(to.path() + "/");
      return Address.relative(address, Address.ofFolder(to.path()));
    }
    throw new IllegalStateException(page.path() + ": a link that was not checked: " + target);
  }

  /** Pictures, and reports that are HTML already and have a Markdown file beside them. */
  private boolean isAsItIs(String path) {
    return Address.isPicture(path)
        || (path.endsWith(".html") && repository.page(path.replaceFirst("\\.html$", ".md")) != null)
        || text(path) == null;
  }

  private void writeLinked() {
    Deque<String> waiting = new ArrayDeque<>(linked);
    Set<String> done = new TreeSet<>();
    while (!waiting.isEmpty()) {
      String path = waiting.remove();
      if (!done.add(path)) {
        continue;
      }
      if (path.endsWith("/")) {
        List<String> files = repository.filesBelow(path.substring(0, path.length() - 1));
        writeFolder(path, files);
        files.stream().filter(file -> repository.page(file) == null).forEach(waiting::add);
      } else if (isAsItIs(path)) {
        put(path, repository.bytes(path));
      } else {
        String address = Address.ofFile(path, false);
        Map<String, Object> values = frame(address, path, null);
        values.put("source", path);
        values.put("file", Objects.requireNonNull(text(path)));
        put(address, fill(values));
      }
    }
  }

  private void writeFolder(String path, List<String> files) {
    String address = Address.ofFolder(path.substring(0, path.length() - 1));
    Map<String, Object> values = frame(address, path, null);
    values.put("source", path);
    values.put("hasFiles", true);
    values.put(
        "files",
        files.stream()
            .map(
                file ->
                    Map.of(
                        "name",
                        file.substring(path.length()),
                        "href",
                        Address.relative(
                            address,
                            repository.page(file) == null
                                ? Address.ofFile(file, isAsItIs(file))
                                : Address.ofPage(file))))
            .toList());
    put(address, fill(values));
  }

  /** A file as text, or null if it is none. */
  private @Nullable String text(String path) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(repository.bytes(path)))
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** What every page has around its content. */
  private Map<String, Object> frame(String address, String title, @Nullable Page current) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("root", Address.toRoot(address));
    values.put("title", title);
    values.put("withApi", withApi);
    List<Map<String, Object>> groups = new ArrayList<>();
    for (Navigation.Group group : navigation.groups()) {
      List<Map<String, Object>> parts = new ArrayList<>();
      boolean open = groups.isEmpty();
      for (Navigation.Part part : group.parts()) {
        List<Map<String, Object>> entries = new ArrayList<>();
        for (Navigation.Entry entry : part.entries()) {
          open |= entry.page() == current;
          entries.add(
              Map.of(
                  "name", entry.name(),
                  "href", Address.relative(address, Address.ofPage(entry.page().path())),
                  "current", entry.page() == current));
        }
        parts.add(Map.of("heading", part.name(), "entries", entries));
      }
      groups.add(Map.of("group", group.name(), "open", open, "parts", parts));
    }
    values.put("groups", groups);
    return values;
  }

  private static byte[] fill(Map<String, Object> values) {
    return FRAME.execute(values).getBytes(StandardCharsets.UTF_8);
  }

  private void put(String address, byte[] content) {
    Path file = out.resolve(address);
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  private static String resource(String name) {
    return new String(fromClassPath("org/kt4j/site/" + name), StandardCharsets.UTF_8);
  }

  /** The WebJar's folder is called after its version. */
  private static String lunrVersion() {
    Properties properties = new Properties();
    try (InputStream in = open("META-INF/maven/org.webjars.npm/lunr/pom.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read lunr's version", e);
    }
    return Objects.requireNonNull(properties.getProperty("version"));
  }

  private static byte[] fromClassPath(String name) {
    try (InputStream in = open(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
  }

  private static InputStream open(String name) {
    return Objects.requireNonNull(Site.class.getClassLoader().getResourceAsStream(name), name);
  }
}
