package org.kt4j.cli;

import java.io.PrintStream;
import java.nio.charset.Charset;

/** Where the command writes to. After {@link #end} nothing more is written. */
final class Terminal {

  private static final String BAR = "\u2501";
  private static final String PLUS_MINUS = "\u00b1";

  private final PrintStream out;
  private final PrintStream err;
  private final boolean interactive;
  private final boolean colour;
  private final boolean unicode;
  private boolean ended;

  private Terminal(
      PrintStream out, PrintStream err, boolean interactive, boolean colour, boolean unicode) {
    this.out = out;
    this.err = err;
    this.interactive = interactive;
    this.colour = colour;
    this.unicode = unicode;
  }

  /** The streams of this process, which may or may not be a terminal. */
  static Terminal ofProcess() {
    String kind = System.getenv("TERM");
    boolean interactive = System.console() != null && !"dumb".equals(kind);
    String noColour = System.getenv("NO_COLOR");
    boolean colour = interactive && (noColour == null || noColour.isEmpty());
    String encoding = System.getProperty("native.encoding", Charset.defaultCharset().name());
    boolean unicode = Charset.forName(encoding).newEncoder().canEncode(BAR);
    return new Terminal(System.out, System.err, interactive, colour, unicode);
  }

  /** Streams that are no terminal. */
  static Terminal plain(PrintStream out, PrintStream err) {
    return new Terminal(out, err, false, false, true);
  }

  PrintStream out() {
    return out;
  }

  PrintStream err() {
    return err;
  }

  /** Whether a person looks at it, so that a line can be drawn over. */
  boolean interactive() {
    return interactive;
  }

  boolean colour() {
    return colour;
  }

  /** What the bar is drawn with. */
  String barCharacter(boolean filled) {
    return unicode ? (filled || colour ? BAR : " ") : filled ? "#" : ".";
  }

  /** Between mean and standard deviation. */
  String plusMinus() {
    return unicode ? PLUS_MINUS : "+/-";
  }

  synchronized void line(String text) {
    if (!ended) {
      out.println(text);
    }
  }

  synchronized void error(String message) {
    if (!ended) {
      out.flush();
      err.println("kt: " + message);
    }
  }

  synchronized void plainError(String message) {
    if (!ended) {
      err.println(message);
    }
  }

  /** Draws over the line that the cursor is in. */
  synchronized void redraw(String text) {
    if (!ended) {
      out.print("\r" + text + "\u001b[K");
      out.flush();
    }
  }

  /** Writes a last message; what other threads still have to say is dropped. */
  synchronized void end(String message) {
    if (interactive) {
      redraw("");
    }
    error(message);
    flush();
    ended = true;
  }

  synchronized void flush() {
    out.flush();
    err.flush();
  }
}
