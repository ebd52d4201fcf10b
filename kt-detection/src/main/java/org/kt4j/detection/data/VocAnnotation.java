package org.kt4j.detection.data;

import java.io.ByteArrayInputStream;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.DataException;
import org.kt4j.data.ReadFault;
import org.kt4j.data.RegularFile;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/**
 * What one XML file of PASCAL VOC says about its picture.
 *
 * @param height rows; absent or 0 when the annotator left it out
 * @param width columns; absent or 0 when the annotator left it out
 * @param objects in the order of the file; parts of objects, such as hands, are passed over
 */
record VocAnnotation(@Nullable Integer height, @Nullable Integer width, List<Item> objects) {

  /**
   * An {@code object}, as it is written.
   *
   * @param name the class
   * @param xMin first column, counted from 1; the last where the annotator has swapped them
   * @param yMin first row, counted from 1
   * @param xMax last column, counted from 1
   * @param yMax last row, counted from 1
   * @param difficult whether it is marked as hard to recognise
   */
  record Item(String name, double xMin, double yMin, double xMax, double yMax, boolean difficult) {

    /** Whether opposite edges meet, which is a mistake of the annotator. */
    boolean isEmpty() {
      return xMax == xMin || yMax == yMin;
    }
  }

  /** Reads the files of one folder, one after the other. */
  static final class Reader {
    private static final String DEEPEST = "100";

    /** The number of the JDK's message, whose words are in the user's language. */
    private static final String TOO_DEEP = "JAXP00010006";

    private static final Pattern DECLARED =
        Pattern.compile("(?:\\u00EF\\u00BB\\u00BF)?<\\?xml[^>]*encoding\\s*=\\s*[\"']([^\"']+)");

    private static final Pattern LATE_DECLARATION =
        Pattern.compile("(?:\\u00EF\\u00BB\\u00BF)?\\s+<\\?xml\\s");

    /** What other outlines than boxes are written in. */
    private static final List<String> OUTLINES = List.of("polygon", "robndbox", "segmentation");

    private final String data;
    private final DocumentBuilder builder;

    /**
     * A reader that refuses document types, which could bring in any file that we may read, and
     * elements deep within each other.
     *
     * @param data the data set's name, for messages
     */
    Reader(String data) {
      this.data = data;
      try {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        factory.setAttribute("http://www.oracle.com/xml/jaxp/properties/maxElementDepth", DEEPEST);
        factory.setXIncludeAware(false);
        factory.setExpandEntityReferences(false);
        builder = factory.newDocumentBuilder();
      } catch (ParserConfigurationException e) {
        throw new IllegalStateException("this JDK's XML parser cannot be made safe", e);
      }
      builder.setErrorHandler(new Thrower());
    }

    /**
     * Reads a file.
     *
     * @throws DataException when it is no XML, has a document type, or lacks what it must have
     */
    VocAnnotation read(Path file) {
      Element root = root(file);
      Place place = new Place(data, file);
      if (!root.getTagName().equals("annotation")) {
        throw place.wrong("root", root.getTagName(), "annotation");
      }
      Optional<Element> size = child(place, root, "", "size");
      List<Item> objects = new ArrayList<>();
      for (Element object : children(root, "object")) {
        objects.add(item(place, object, objects.size()));
      }
      return new VocAnnotation(
          side(place, size, "height"), side(place, size, "width"), List.copyOf(objects));
    }

    private Element root(Path file) {
      byte[] bytes;
      try {
        bytes = Files.readAllBytes(RegularFile.require(file));
      } catch (IOException e) {
        throw new DataException(
            data
                + ": "
                + file
                + " cannot be read: "
                + ReadFault.reason(e)
                + "; fix: let it be read",
            e);
      }
      // The marks of XML have the same bytes in all encodings of eight bits.
      String content = new String(bytes, StandardCharsets.ISO_8859_1);
      if (content.isBlank()) {
        throw new DataException(
            data
                + ": "
                + file
                + " is empty; expected: XML of PASCAL VOC; fix: bring the annotation, or take the"
                + " picture off the list");
      }
      try {
        return builder.parse(new ByteArrayInputStream(bytes)).getDocumentElement();
      } catch (SAXException | IOException e) {
        throw new DataException(
            data + ": " + file + " cannot be read as an annotation: " + reason(e, content), e);
      }
    }

    /** Why a file is no XML that is read, and what to do about it. */
    private static String reason(Exception e, String content) {
      if (e instanceof UnsupportedEncodingException) {
        return "its encoding '" + e.getMessage() + "' is unknown; fix: correct the file";
      }
      String at =
          e instanceof SAXParseException fault && fault.getLineNumber() > 0
              ? "line " + fault.getLineNumber() + ", column " + fault.getColumnNumber() + ": "
              : "";
      return at + reasonThere(e, content);
    }

    private static String reasonThere(Exception e, String content) {
      Throwable cause = e instanceof SAXException fault ? fault.getException() : e;
      if (cause instanceof CharConversionException) {
        Matcher declared = DECLARED.matcher(content);
        String encoding = declared.lookingAt() ? declared.group(1) : "UTF-8";
        return "it is not "
            + encoding
            + "; fix: save it as "
            + encoding
            + " or declare its encoding";
      }
      if (LATE_DECLARATION.matcher(content).lookingAt()) {
        return "`<?xml` must be the first characters; fix: remove the space or line before it";
      }
      if (!(e instanceof SAXParseException)) { // a fault of the parser itself
        return "it is no well-formed XML; fix: correct the file";
      }
      String message = String.valueOf(e.getMessage()).strip();
      if (message.contains(TOO_DEEP)) {
        return "elements are more than "
            + DEEPEST
            + " deep within each other; fix: correct the file";
      }
      if (message.contains("DOCTYPE")) {
        return "it has a document type (DOCTYPE); expected: XML of PASCAL VOC without a document"
            + " type; fix: remove it";
      }
      String sentence =
          message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
      return sentence + "; fix: correct the file";
    }

    private static @Nullable Integer side(Place place, Optional<Element> size, String tag) {
      Optional<String> text = size.flatMap(element -> text(place, element, "size.", tag));
      if (text.isEmpty()) {
        return null;
      }
      double pixels = place.number("size." + tag, text.get());
      if (pixels < 0 || pixels > Integer.MAX_VALUE || pixels != Math.rint(pixels)) {
        throw place.wrong(
            "size." + tag, text.get(), "a whole number of pixels, or 0 if it is unknown");
      }
      return (int) pixels;
    }

    private static Item item(Place place, Element object, int index) {
      String at = "object[" + index + "]";
      String name =
          text(place, object, at + ".", "name")
              .orElseThrow(() -> place.missing(at + ".name", "the class's name"));
      if (!FileOptions.isLine(name)) {
        throw place.wrong(at + ".name", name, "the class's name in one line");
      }
      Element box =
          child(place, object, at + ".", "bndbox").orElseThrow(() -> noBox(place, object, at));
      return new Item(
          name,
          edge(place, box, at, "xmin"),
          edge(place, box, at, "ymin"),
          edge(place, box, at, "xmax"),
          edge(place, box, at, "ymax"),
          flag(place, object, at, "difficult"));
    }

    private static DataException noBox(Place place, Element object, String at) {
      String outlines =
          OUTLINES.stream()
              .filter(tag -> !children(object, tag).isEmpty())
              .findFirst()
              .map(tag -> "; a box is needed, and <" + tag + "> is not read")
              .orElse("");
      return place.missing(at + ".bndbox", "xmin, ymin, xmax and ymax" + outlines);
    }

    private static boolean flag(Place place, Element object, String at, String tag) {
      String text = text(place, object, at + ".", tag).orElse("0");
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "0", "0.0", "false", "no", "unspecified" -> false;
        case "1", "1.0", "true", "yes" -> true;
        default -> throw place.wrong(at + "." + tag, text, "0 or 1, false or true, no or yes");
      };
    }

    private static double edge(Place place, Element box, String at, String tag) {
      String path = at + ".bndbox." + tag;
      return place.number(
          path,
          text(place, box, at + ".bndbox.", tag)
              .orElseThrow(() -> place.missing(path, "a number of pixels")));
    }

    /** The only child of that name; which one of two is meant cannot be known. */
    private static Optional<Element> child(Place place, Element parent, String at, String tag) {
      List<Element> found = children(parent, tag);
      if (found.size() > 1) {
        throw place.repeated(at + tag, tag, found.size());
      }
      return found.stream().findFirst();
    }

    /** The children of that name, but not theirs: a part of an object has a name and a box, too. */
    private static List<Element> children(Element parent, String tag) {
      List<Element> found = new ArrayList<>();
      for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
        if (node instanceof Element element && element.getTagName().equals(tag)) {
          found.add(element);
        }
      }
      return found;
    }

    private static Optional<String> text(Place place, Element parent, String at, String tag) {
      return child(place, parent, at, tag)
          .map(element -> element.getTextContent().strip())
          .filter(text -> !text.isEmpty());
    }
  }

  /** Where a fault is. */
  private record Place(String data, Path file) {

    double number(String path, String text) {
      return DecimalNumber.of(text)
          .orElseThrow(() -> wrong(path, text, "a number of pixels, such as 12 or 12.5"));
    }

    DataException repeated(String path, String tag, int times) {
      return new DataException(
          data
              + ": "
              + file
              + ": "
              + path
              + " is there "
              + times
              + " times; expected: once; fix: "
              + (tag.equals("bndbox") ? "an <object> for each box" : "take out all but one"));
    }

    DataException missing(String path, String expected) {
      return new DataException(
          data
              + ": "
              + file
              + ": "
              + path
              + " is missing or empty; expected: "
              + expected
              + "; fix: correct the file");
    }

    DataException wrong(String path, String text, String expected) {
      return new DataException(
          data
              + ": "
              + file
              + ": "
              + path
              + ": '"
              + text
              + "'; expected: "
              + expected
              + "; fix: correct the file");
    }
  }

  /** The default one prints faults in addition. */
  private static final class Thrower implements ErrorHandler {
    @Override
    public void warning(SAXParseException warning) {
      // about style, not about content
    }

    @Override
    public void error(SAXParseException error) throws SAXParseException {
      throw error;
    }

    @Override
    public void fatalError(SAXParseException error) throws SAXParseException {
      throw error;
    }
  }
}
