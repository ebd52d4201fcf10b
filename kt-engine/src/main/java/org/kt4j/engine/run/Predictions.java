package org.kt4j.engine.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.kt4j.data.ReadFault;

/**
 * The answers of student and teacher to the test pictures; {@code predictions.csv}, a line for each
 * picture in the data set's order. Entries are indices into {@link RunResult#classes()}.
 *
 * @param labels the right answers
 * @param last the student's after the last epoch
 * @param best the student's after the epoch that was best on the held-out pictures
 * @param teacher the teacher's; empty without one
 */
@SuppressWarnings("ArrayRecordComponent") // not compared and never handed on changed
public record Predictions(int[] labels, int[] last, int[] best, int[] teacher) {

  private static final String HEADER = "label,last,best";
  private static final String TEACHER = ",teacher";

  /** Characters of what is wrong in a message. */
  private static final int MOST_SHOWN = 40;

  /** Columns of one length. */
  public Predictions {
    if (last.length != labels.length
        || best.length != labels.length
        || (teacher.length != labels.length && teacher.length != 0)) {
      throw new IllegalArgumentException("columns of different lengths");
    }
  }

  /** Whether there is a teacher. */
  public boolean hasTeacher() {
    return teacher.length == labels.length;
  }

  /** Share of the pictures of each class that these answers got right; NaN where there are none. */
  public double[] classAccuracy(int[] answers, int classes) {
    int[] right = new int[classes];
    int[] pictures = new int[classes];
    for (int i = 0; i < labels.length; i++) {
      pictures[labels[i]]++;
      right[labels[i]] += answers[i] == labels[i] ? 1 : 0;
    }
    double[] accuracy = new double[classes];
    Arrays.setAll(accuracy, k -> pictures[k] == 0 ? Double.NaN : (double) right[k] / pictures[k]);
    return accuracy;
  }

  String toCsv() {
    StringBuilder csv = new StringBuilder(HEADER).append(hasTeacher() ? TEACHER : "").append('\n');
    for (int i = 0; i < labels.length; i++) {
      csv.append(labels[i]).append(',').append(last[i]).append(',').append(best[i]);
      if (hasTeacher()) {
        csv.append(',').append(teacher[i]);
      }
      csv.append('\n');
    }
    return csv.toString();
  }

  /**
   * Reads a file; empty when there is none.
   *
   * @param classes how many the result has
   * @throws TrainingException when it is not what {@link #toCsv} writes, or names another class
   */
  static Optional<Predictions> read(Path file, int classes) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String text;
    try {
      text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new RunFolderException(
          file + ": the predictions cannot be read (" + ReadFault.reason(e) + ")", e);
    }
    if (!text.endsWith("\n")) {
      throw damaged(
          file, text.isEmpty() ? "the file is empty" : "its last line does not end, so it was cut");
    }
    List<String> lines = text.lines().toList();
    String header = lines.get(0);
    boolean taught = header.equals(HEADER + TEACHER);
    if (!taught && !header.equals(HEADER)) {
      throw damaged(
          file,
          "line 1: '%s'; allowed: '%s' or '%s'"
              .formatted(shortened(header), HEADER, HEADER + TEACHER));
    }
    if (lines.size() == 1) {
      throw damaged(file, "it holds no picture");
    }
    String[] names = header.split(",", -1);
    int[][] columns = new int[names.length][lines.size() - 1];
    for (int i = 1; i < lines.size(); i++) {
      String[] cells = lines.get(i).split(",", -1);
      if (cells.length != names.length) {
        throw damaged(
            file,
            String.format(
                Locale.ROOT,
                "line %d: %d columns; allowed: %d, %s",
                i + 1,
                cells.length,
                names.length,
                header));
      }
      for (int c = 0; c < cells.length; c++) {
        OptionalInt answer = classOf(cells[c], classes);
        if (answer.isEmpty()) {
          throw damaged(
              file,
              String.format(
                  Locale.ROOT,
                  "line %d: %s: '%s' is no class; allowed: %s",
                  i + 1,
                  names[c],
                  shortened(cells[c]),
                  classes == 0 ? "none, for result.json has none" : "0 to " + (classes - 1)));
        }
        columns[c][i - 1] = answer.getAsInt();
      }
    }
    return Optional.of(
        new Predictions(columns[0], columns[1], columns[2], taught ? columns[3] : new int[0]));
  }

  private static OptionalInt classOf(String cell, int classes) {
    // Nine digits are fewer than an int has; nothing else is written.
    if (!cell.matches("[0-9]{1,9}")) {
      return OptionalInt.empty();
    }
    int answer = Integer.parseInt(cell);
    return answer < classes ? OptionalInt.of(answer) : OptionalInt.empty();
  }

  private static String shortened(String text) {
    return text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "...";
  }

  private static RunFolderException damaged(Path file, String why) {
    return new RunFolderException(
        file
            + ": the predictions are damaged: "
            + why
            + "; fix: restore the file from a copy, or train the run again");
  }
}
