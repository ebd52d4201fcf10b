package org.kt4j.cli;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where the command writes to. After {@link #end} nothing more is written. */
final class Terminal {

  private static final String BAR = "\u2501";
  private static final String PLUS_MINUS = "\u00b1";

  private final PrintStream out;
  private final PrintStream err;
  private final Charset charset;
  private final boolean interactive;
  private final boolean colour;
  private final boolean unicode;
  private final @Nullable BufferedReader answers;
  private boolean ended;

  private Terminal(
      PrintStream out,
      PrintStream err,
      Charset charset,
      boolean interactive,
      boolean colour,
      @Nullable BufferedReader answers) {
    this.answers = answers;
    this.out = out;
    this.err = err;
    this.charset = charset;
    this.interactive = interactive;
    this.colour = colour;
    this.unicode = charset.newEncoder().canEncode(BAR + PLUS_MINUS);
  }

  /** The streams of this process, which may or may not be a terminal. */
  @SuppressWarnings("SystemConsoleNull") // Kt.main asks for the console that can be null.
  static Terminal ofProcess() {
    // Not the default charset, which is UTF-8 from JDK 18 on, whatever the terminal speaks.
    Charset charset =
        Charset.forName(System.getProperty("native.encoding", Charset.defaultCharset().name()));
    String noColour = System.getenv("NO_COLOR");
    boolean interactive = System.console() != null && !"dumb".equals(System.getenv("TERM"));
    return new Terminal(
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, charset),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, charset),
        charset,
        interactive,
        interactive && (noColour == null || noColour.isEmpty()),
        interactive ? new BufferedReader(new InputStreamReader(System.in, charset)) : null);
  }

  /** Streams in UTF-8 that are no terminal. */
  static Terminal plain(PrintStream out, PrintStream err) {
    return new Terminal(out, err, StandardCharsets.UTF_8, false, false, null);
  }

  /** As {@link #plain}, with a person who answers. */
  static Terminal answering(PrintStream out, PrintStream err, BufferedReader answers) {
    return new Terminal(out, err, StandardCharsets.UTF_8, false, false, answers);
  }

  /** The answer to a question; empty where nobody looks or nothing more comes. */
  Optional<String> ask(String question) {
    if (answers == null) {
      return Optional.empty();
    }
    out.print(question);
    out.flush();
    try {
      return Optional.ofNullable(answers.readLine());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** A stream as picocli wants it. */
  PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, charset), true);
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

  /** A text that this terminal can show. */
  String plain(String text) {
    return unicode ? text : text.replace("\u00b1", "+/-").replace("\u00d7", "x");
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
