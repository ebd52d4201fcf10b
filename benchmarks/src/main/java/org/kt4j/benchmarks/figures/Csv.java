package org.kt4j.benchmarks.figures;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A table for other programs; of numbers and our own words, none of which has to be quoted. */
final class Csv {

  private Csv() {}

  /** A line of names, then a line for each row. */
  static String of(List<String> header, Stream<List<?>> rows) {
    return Stream.concat(Stream.of(header), rows)
        .map(row -> row.stream().map(String::valueOf).collect(Collectors.joining(",", "", "\n")))
        .collect(Collectors.joining());
  }
}
