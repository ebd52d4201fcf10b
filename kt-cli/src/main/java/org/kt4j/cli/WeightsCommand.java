package org.kt4j.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.task.Fact;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.text.NumberFormats;
import org.kt4j.engine.text.Table;
import org.kt4j.engine.weights.NetworkMatch;
import org.kt4j.engine.weights.NetworkMatches;
import org.kt4j.engine.weights.StateDictionary;
import org.kt4j.engine.weights.WeightFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kt weights}. */
@Command(
    name = "weights",
    sortOptions = false,
    description = {
      "List the arrays of a file of weights, and the networks that they are those of.",
      "It reads .npz, .safetensors, and state dictionaries of torch.save (.pt, .pth)."
    })
final class WeightsCommand implements Callable<Integer> {

  private static final int FACTS = 12;
  private static final String COUNTER = "num_batches_tracked";

  private final Terminal terminal;
  private final Installed installed;

  @Parameters(index = "0", paramLabel = "FILE", description = "The file.")
  private @Nullable Path file;

  @Option(
      names = "--part",
      paramLabel = "NAME",
      description =
          "The key of a dictionary in the file, or what the names of a network in it begin with;"
              + " decided when left out.")
  private @Nullable String part;

  WeightsCommand(Terminal terminal, Installed installed) {
    this.terminal = terminal;
    this.installed = installed;
  }

  @Override
  public Integer call() {
    Path named = Objects.requireNonNull(file, "picocli sees to it");
    WeightFile opened = WeightFile.open(named);
    StateDictionary taken = opened.dictionary(part);
    Table table = table(taken);
    FactLines.print(terminal, FACTS, facts(named, opened, taken));
    terminal.line("");
    table.aligned().forEach(terminal::line);
    terminal.line("");
    networks(named, NetworkMatches.of(installed.networks(), taken.weights(named)));
    return 0;
  }

  private static List<Fact> facts(Path file, WeightFile opened, StateDictionary taken) {
    long all = 0;
    long statistics = 0;
    for (Map.Entry<String, Weights.Array> each : taken.arrays().entrySet()) {
      all += each.getValue().shape().size();
      boolean running =
          each.getKey().endsWith("running_mean") || each.getKey().endsWith("running_var");
      statistics += running ? each.getValue().shape().size() : 0;
    }
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("file", file + opened.said(taken)));
    facts.add(new Fact("form", opened.form()));
    facts.add(new Fact("arrays", NumberFormats.count(taken.arrays().size())));
    facts.add(
        new Fact(
            "parameters",
            NumberFormats.count(all - statistics)
                + (statistics == 0
                    ? ""
                    : ", and "
                        + NumberFormats.count(statistics)
                        + " running means and variances")));
    List<String> others =
        taken.others().keySet().stream().filter(name -> !name.endsWith(COUNTER)).toList();
    if (!others.isEmpty()) {
      facts.add(new Fact("beside them", String.join(", ", others)));
    }
    return facts;
  }

  /** One array at a time is read. */
  private static Table table(StateDictionary taken) {
    List<List<String>> rows = new ArrayList<>();
    taken
        .arrays()
        .forEach(
            (name, array) -> {
              float[] values = array.values();
              double least = Double.POSITIVE_INFINITY;
              double most = Double.NEGATIVE_INFINITY;
              long odd = 0;
              for (float value : values) {
                if (Float.isNaN(value)) {
                  odd++;
                } else {
                  least = Math.min(least, value);
                  most = Math.max(most, value);
                }
              }
              boolean none = least > most;
              rows.add(
                  List.of(
                      name,
                      Arrays.toString(array.shape().asArray()).replace(" ", ""),
                      array.type(),
                      none ? "-" : number(least),
                      none ? "-" : number(most),
                      Long.toString(odd)));
            });
    return new Table(List.of("name", "shape", "type", "least", "most", "NaN"), rows);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }

  private void networks(Path file, List<NetworkMatch> matches) {
    if (matches.isEmpty()) {
      terminal.line("network     none of ours has an array of these names and shapes");
      return;
    }
    for (NetworkMatch match : matches) {
      String difference = match.difference();
      if (difference != null) {
        terminal.line(
            "network     none of ours; nearest: "
                + match.network()
                + ", "
                + match.found()
                + " of its "
                + match.needed()
                + " arrays: "
                + difference);
      } else {
        terminal.line("network     " + match.network() + ", " + match.classes() + " classes");
        terminal.line(
            "            teacher: {network: "
                + match.network()
                + ", weights: "
                + file
                + (part == null ? "" : ", part: " + part)
                + "}");
      }
    }
  }
}
