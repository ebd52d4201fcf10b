package org.kt4j.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarRenderer;
import me.tongfei.progressbar.ProgressState;
import org.jspecify.annotations.Nullable;

/**
 * A progress bar in the last line of the terminal, gone when it is closed. Where there is no
 * terminal it draws nothing.
 */
final class ProgressLine implements AutoCloseable {

  private static final int USUAL_COLUMNS = 80;
  private static final int MILLIS_BETWEEN_DRAWINGS = 200;

  private final @Nullable ProgressBar bar;

  /**
   * A bar.
   *
   * @param name what stands before it
   * @param total what it counts to
   */
  ProgressLine(Terminal terminal, String name, long total) {
    bar =
        terminal.interactive()
            ? new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(total)
                .setUpdateIntervalMillis(MILLIS_BETWEEN_DRAWINGS)
                .setRenderer(new Drawing(terminal))
                .setConsumer(new LastLine(terminal))
                .build()
            : null;
  }

  /** Moves on; the facts stand behind the bar, the most important first. */
  void at(long done, String facts) {
    if (bar != null) {
      bar.setExtraMessage(facts);
      bar.stepTo(done);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }

  /** Name, bar, percentage, facts; the bar gives way to the facts, and they to the window. */
  record Drawing(Terminal terminal) implements ProgressBarRenderer {

    private static final int LONGEST = 30;
    private static final int SHORTEST = 8;

    @Override
    public String render(ProgressState progress, int width) {
      return text(
          progress.getTaskName(),
          progress.getNormalizedProgress(),
          progress.getExtraMessage(),
          width);
    }

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

  /** Draws over one line and leaves it empty. */
  private static final class LastLine implements ProgressBarConsumer {

    private final Terminal terminal;
    private final int width;

    /**
     * The width of the window, asked for once a bar. The library would find it out as well, but it
     * takes the handling of Ctrl-C away from the JVM in doing so, and the run's last words with it.
     */
    private static int columns() {
      try {
        Process stty =
            new ProcessBuilder("stty", "size").redirectInput(new File("/dev/tty")).start();
        String answer =
            new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        return Integer.parseInt(answer.substring(answer.indexOf(' ') + 1));
      } catch (IOException | NumberFormatException e) {
        return USUAL_COLUMNS;
      }
    }

    LastLine(Terminal terminal) {
      this.terminal = terminal;
      this.width = columns() - 1;
    }

    @Override
    public int getMaxRenderedLength() {
      return width;
    }

    @Override
    public void accept(String text) {
      terminal.redraw(text);
    }

    @Override
    public void close() {
      terminal.redraw("");
    }
  }
}
