package org.kt4j.cli;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that describe machines which are not there. */
final class ClusterOptions {

  private static final int MOST_WORKERS = 1024;

  private static final Pattern RANGE = Pattern.compile("([0-9]{1,9})\\.\\.([0-9]{1,9})");
  private static final Pattern QUANTITY =
      Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,12})?)([a-z/]*)");

  /** Units as powers of ten. */
  private static final Map<String, Integer> BITS = Map.of("mbit", 6, "gbit", 9);

  private static final Map<String, Integer> TIMES = Map.of("us", -6, "ms", -3, "s", 0);

  @Option(
      names = "--workers",
      paramLabel = "N|N..M|N,N",
      description =
          "Numbers of workers: one, a list, or all from N on by doubling up to M;"
              + " ${DEFAULT-VALUE} by default.")
  private String workers = "1..64";

  @Option(
      names = "--network",
      paramLabel = "SPEED",
      description = {
        "What the network carries in each direction between any two workers: 25Gbit, 800Mbit;"
            + " ${DEFAULT-VALUE} by default."
      })
  private String network = "10Gbit";

  @Option(
      names = "--latency",
      paramLabel = "TIME",
      description = {
        "What a phase of the exchange takes in which next to nothing is sent: 0.25ms, 80us.",
        "Default: as measured between two processes here."
      })
  private @Nullable String latency;

  @Option(
      names = "--per-worker",
      description = {
        "Take batch-size for the pictures of each worker, so that a step of all has more of them.",
        "Default: as kt train does, batch-size is that of all workers together."
      })
  private boolean perWorker;

  boolean perWorker() {
    return perWorker;
  }

  /** The numbers of workers, in the order in which they are shown. */
  List<Integer> workers() {
    Matcher range = RANGE.matcher(workers.strip());
    List<Integer> counts = new ArrayList<>();
    if (range.matches()) {
      int first = count(range.group(1));
      int last = count(range.group(2));
      if (first > last) {
        throw new BadInputException(
            "--workers: "
                + workers
                + " begins with more than it ends with; fix: "
                + last
                + ".."
                + first);
      }
      for (int count = first; count <= last; count *= 2) {
        counts.add(count);
      }
      return counts;
    }
    for (String each : CommaList.of("--workers", workers, "whole numbers")) {
      counts.add(count(each));
    }
    return counts;
  }

  private int count(String text) {
    int count = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
    if (count < 1 || count > MOST_WORKERS) {
      throw new BadInputException(
          "--workers: '"
              + text
              + "' is not allowed; allowed: numbers from 1 to "
              + MOST_WORKERS
              + ", such as 4, 1..64 or 1,2,4");
    }
    return count;
  }

  double bitsPerSecond() {
    return quantity("--network", network, BITS, 1e6, 1e13, "1Mbit to 10000Gbit, such as 10Gbit");
  }

  /** In seconds; null where none is given. */
  @Nullable Double latency() {
    String given = latency;
    return given == null
        ? null
        : quantity("--latency", given, TIMES, 0, 10, "0s to 10s, such as 0.25ms or 80us");
  }

  private static double quantity(
      String option,
      String given,
      Map<String, Integer> units,
      double least,
      double most,
      String allowed) {
    Matcher quantity =
        QUANTITY.matcher(given.replaceAll("\\s", "").toLowerCase(Locale.ROOT).replace("/s", ""));
    Integer unit = quantity.matches() ? units.get(quantity.group(2)) : null;
    double value =
        unit == null ? -1 : new BigDecimal(quantity.group(1)).scaleByPowerOfTen(unit).doubleValue();
    if (unit == null || value < least || value > most) {
      throw new BadInputException(option + ": '" + given + "' is not allowed; allowed: " + allowed);
    }
    return value;
  }
}
