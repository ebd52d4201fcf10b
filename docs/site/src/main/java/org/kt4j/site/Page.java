package org.kt4j.site;

import com.samskivert.mustache.Escapers;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Consumer;
import org.commonmark.Extension;
import org.commonmark.ext.autolink.AutolinkExtension;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.IdGenerator;
import org.commonmark.node.Block;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;

/** A Markdown file of the repository, parsed. */
final class Page {

  static final List<Extension> EXTENSIONS =
      List.of(TablesExtension.create(), AutolinkExtension.create());

  private static final Parser PARSER =
      Parser.builder()
          .extensions(EXTENSIONS)
          .includeSourceSpans(IncludeSourceSpans.BLOCKS_AND_INLINES)
          .build();

  private final String path;
  private final Node document;
  private final IdentityHashMap<Node, Heading> headings = new IdentityHashMap<>();
  private final List<Heading> inOrder = new ArrayList<>();
  private final List<Reference> references = new ArrayList<>();

  /**
   * Parses a page.
   *
   * @param path in the repository, with slashes
   * @param markdown its text
   */
  Page(String path, String markdown) {
    this.path = path;
    document = PARSER.parse(markdown);
    List<Node> tables = new ArrayList<>();
    IdGenerator ids = IdGenerator.builder().build();
    walk(
        document,
        node -> {
          if (node instanceof org.commonmark.node.Heading heading) {
            String text = text(heading);
            Heading found = new Heading(heading.getLevel(), ids.generateId(text), text);
            headings.put(heading, found);
            inOrder.add(found);
          } else if (node instanceof Link link) {
            references.add(new Reference(line(link), link.getDestination()));
          } else if (node instanceof Image image) {
            references.add(new Reference(line(image), image.getDestination()));
          } else if (node instanceof TableBlock) {
            tables.add(node);
          }
        });
    // A wide table scrolls in a box of its own; a heading can be linked to.
    tables.forEach(
        table -> {
          table.insertBefore(html("<div class=\"scroll\">"));
          table.insertAfter(html("</div>"));
        });
    headings.forEach((heading, found) -> heading.appendChild(linkTo(found)));
  }

  private static HtmlBlock html(String literal) {
    HtmlBlock block = new HtmlBlock();
    block.setLiteral(literal);
    return block;
  }

  private static HtmlInline linkTo(Heading heading) {
    HtmlInline link = new HtmlInline();
    link.setLiteral(
        " <a class=\"anchor\" href=\"#"
            + heading.id()
            + "\" aria-label=\"Link to "
            + Escapers.HTML.escape(heading.text())
            + "\">#</a>");
    return link;
  }

  /** Path in the repository, with slashes. */
  String path() {
    return path;
  }

  Node document() {
    return document;
  }

  /** The first heading, or the path of a page without one. */
  String title() {
    return inOrder.isEmpty() ? path : inOrder.get(0).text();
  }

  List<Heading> headings() {
    return inOrder;
  }

  List<Reference> references() {
    return references;
  }

  /** What the page knows of one of its nodes that is a heading. */
  Heading heading(Node node) {
    Heading found = headings.get(node);
    if (found == null) {
      throw new IllegalArgumentException("not a heading of " + path);
    }
    return found;
  }

  /** Looks at a node and all below it, in the order of the text. */
  static void walk(Node node, Consumer<Node> look) {
    look.accept(node);
    for (Node child = node.getFirstChild(); child != null; child = child.getNext()) {
      walk(child, look);
    }
  }

  /** What a reader reads of a node; one space between blocks. */
  static String text(Node node) {
    StringBuilder text = new StringBuilder();
    walk(
        node,
        each -> {
          if (each instanceof Text part) {
            text.append(part.getLiteral());
          } else if (each instanceof Code code) {
            text.append(code.getLiteral());
          } else if (each instanceof FencedCodeBlock block) {
            text.append(' ').append(block.getLiteral());
          } else if (each instanceof IndentedCodeBlock block) {
            text.append(' ').append(block.getLiteral());
          } else if (each instanceof SoftLineBreak
              || each instanceof HardLineBreak
              || each instanceof Block
              || each instanceof TableCell) {
            text.append(' ');
          }
        });
    return text.toString().replaceAll("\\s+", " ").strip();
  }

  /** The line of a node, from 1. */
  static int line(Node node) {
    Node place = node;
    while (place.getSourceSpans().isEmpty() && place.getParent() != null) {
      place = place.getParent();
    }
    return place.getSourceSpans().isEmpty() ? 1 : place.getSourceSpans().get(0).getLineIndex() + 1;
  }
}
