package org.kt4j.engine.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

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
    StringBuilder csv = new StringBuilder(HEADER).append(hasTeacher() ? ",teacher\n" : "\n");
    for (int i = 0; i < labels.length; i++) {
      csv.append(labels[i]).append(',').append(last[i]).append(',').append(best[i]);
      if (hasTeacher()) {
        csv.append(',').append(teacher[i]);
      }
      csv.append('\n');
    }
    return csv.toString();
  }

  /** Reads a file; empty when there is none. */
  static Optional<Predictions> read(Path file) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      String header = String.valueOf(reader.readLine());
      boolean taught = header.equals(HEADER + ",teacher");
      if (!taught && !header.equals(HEADER)) {
        throw new IOException("unknown columns: " + header);
      }
      int[][] rows =
          reader
              .lines()
              .map(line -> Arrays.stream(line.split(",")).mapToInt(Integer::parseInt).toArray())
              .toArray(int[][]::new);
      return Optional.of(
          new Predictions(
              column(rows, 0),
              column(rows, 1),
              column(rows, 2),
              taught ? column(rows, 3) : new int[0]));
    } catch (IOException | RuntimeException e) {
      throw new TrainingException(file + ": the predictions cannot be read: " + e, e);
    }
  }

  private static int[] column(int[][] rows, int column) {
    return Arrays.stream(rows).mapToInt(row -> row[column]).toArray();
  }
}
