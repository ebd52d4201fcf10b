package org.kt4j.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A progress bar in the last line of the terminal, gone when it is closed. Where there is no
 * terminal it draws nothing.
 */
final class ProgressLine implements AutoCloseable {

  private static final int USUAL_COLUMNS = 80;
  private static final long NANOS_BETWEEN_DRAWINGS = 200_000_000;

  private final Terminal terminal;
  private final String name;
  private final long total;
  private final int width;
  private long drawn;

  /**
   * A bar.
   *
   * @param name what stands before it
   * @param total what it counts to
   */
  ProgressLine(Terminal terminal, String name, long total) {
    this.terminal = terminal;
    this.name = name;
    this.total = total;
    this.width = terminal.interactive() ? columns() - 1 : 0;
    if (terminal.interactive()) {
      draw(0, "");
    }
  }

  /** Moves on; the facts stand behind the bar, the most important first. */
  void at(long done, String facts) {
    if (terminal.interactive()
        && (done >= total || System.nanoTime() - drawn >= NANOS_BETWEEN_DRAWINGS)) {
      draw(done, facts);
    }
  }

  private void draw(long done, String facts) {
    double share = total > 0 ? (double) done / total : 0;
    terminal.redraw(new Drawing(terminal).text(name, share, facts, width));
    drawn = System.nanoTime();
  }

  @Override
  public void close() {
    if (terminal.interactive()) {
      terminal.redraw("");
    }
  }

  /** The width of the window, asked for once a bar. */
  private static int columns() {
    try {
      Process stty = new ProcessBuilder("stty", "size").redirectInput(new File("/dev/tty")).start();
      String answer =
          new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
      return Integer.parseInt(answer.substring(answer.indexOf(' ') + 1));
    } catch (IOException | NumberFormatException e) {
      return USUAL_COLUMNS;
    }
  }

  /** Name, bar, percentage, facts; the bar gives way to the facts, and they to the window. */
  record Drawing(Terminal terminal) {

    private static final int LONGEST = 30;
    private static final int SHORTEST = 8;

    String text(String name, double share, String facts, int width) {
      double done = Math.max(0, Math.min(1, share));
      String percent = String.format(java.util.Locale.ROOT, "%3d %%", (int) (100 * done));
      int beside = name.length() + percent.length() + facts.length() + 4;
      int length = Math.max(SHORTEST, Math.min(LONGEST, width - beside));
      int filled = (int) Math.round(length * done);
      int room = width - (name.length() + 1 + length + 1 + percent.length() + 2);
      String shown = facts.length() <= room ? facts : facts.substring(0, Math.max(0, room));
      return name + " " + bar(filled, length - filled) + " " + percent + "  " + shown;
    }

    private String bar(int filled, int open) {
      String left = terminal.barCharacter(true).repeat(filled);
      String right = terminal.barCharacter(false).repeat(open);
      return terminal.colour()
          ? "\u001b[32m" + left + "\u001b[90m" + right + "\u001b[0m"
          : left + right;
    }
  }
}
