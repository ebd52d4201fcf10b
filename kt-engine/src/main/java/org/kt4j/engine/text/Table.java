package org.kt4j.engine.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows and columns of text; the first column is aligned to the left, the others to the right.
 *
 * @param header a text for each column
 * @param rows as many texts each
 */
public record Table(List<String> header, List<List<String>> rows) {

  /** Checks the widths. */
  public Table {
    header = List.copyOf(header);
    rows = rows.stream().map(List::copyOf).toList();
    for (List<String> row : rows) {
      if (row.size() != header.size()) {
        throw new IllegalArgumentException(row + " has not the columns of " + header);
      }
    }
  }

  /** For people. */
  public List<String> aligned() {
    int[] widths =
        IntStream.range(0, header.size())
            .map(c -> Math.max(header.get(c).length(), widest(c)))
            .toArray();
    List<String> lines = new ArrayList<>();
    lines.add(line(header, widths));
    rows.forEach(row -> lines.add(line(row, widths)));
    return lines;
  }

  private int widest(int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }

  private static String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int c = 0; c < widths.length; c++) {
      String padding = " ".repeat(widths[c] - cells.get(c).length());
      line.append(c == 0 ? cells.get(c) + padding : "  " + padding + cells.get(c));
    }
    return line.toString().stripTrailing();
  }

  /** For a page of documentation. */
  public List<String> markdown() {
    List<String> lines = new ArrayList<>();
    lines.add(pipes(header));
    List<String> rule = new ArrayList<>(List.of("---"));
    rule.addAll(Collections.nCopies(header.size() - 1, "---:"));
    lines.add(pipes(rule));
    rows.forEach(row -> lines.add(pipes(row)));
    return lines;
  }

  private static String pipes(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |";
  }
}
