package org.kt4j.speed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * What the losses cost in time and memory, each kernel of NST beside its broadcast form; {@code
 * benchmarks/run losses}. The times are JMH's, the memory is TensorFlow's record of its
 * allocations.
 *
 * <p>Arguments: {@code --quick} for a smoke run, {@code --out FILE} to write the report as well,
 * and names of shapes, else all are measured.
 */
public final class TransferLosses {

  private static final String FORWARD = "forward";
  private static final String BOTH = "forwardAndBackward";
  private static final List<String> KERNELS = List.of("linear", "polynomial", "gaussian");

  /**
   * From this many channels on, and where it fits, the broadcast form is to be this much slower.
   */
  private static final int MANY_CHANNELS = 64;

  private static final double FACTOR = 20;

  /** What a smoke run measures. */
  static final List<LossShape> SMALL = List.of(LossShape.SMOKE, LossShape.LOGITS_100);

  private static final double MEGABYTE = 1e6;

  private final boolean quick;
  private final List<Figure> figures = new ArrayList<>();

  private TransferLosses(boolean quick) {
    this.quick = quick;
  }

  /** Measures and prints. */
  public static void main(String[] arguments) throws IOException, RunnerException {
    BenchmarkArguments given =
        BenchmarkArguments.parse(
            "losses", arguments, Arrays.stream(LossShape.values()).map(LossShape::name).toList());
    List<LossShape> shapes = new ArrayList<>();
    for (LossShape shape : LossShape.values()) {
      boolean chosen =
          given.names().isEmpty()
              ? given.quick() ? SMALL.contains(shape) : shape != LossShape.SMOKE
              : given.names().contains(shape.name());
      if (chosen) {
        shapes.add(shape);
      }
    }
    given.publish(report(given.quick(), shapes).markdown());
  }

  /** Measures. */
  static Report report(boolean quick, List<LossShape> shapes) throws IOException, RunnerException {
    TransferLosses losses = new TransferLosses(quick);
    for (LossShape shape : shapes) {
      losses.measure(shape);
    }
    List<String> notes = new ArrayList<>();
    if (quick) {
      notes.add("**A smoke run: these numbers mean nothing.**");
    }
    notes.add(
        "Times are medians and quartiles of JMH's samples, each subject in a JVM of its own, those of"
            + " one shape right after each other. Before NST is timed, its value and gradient are"
            + " held against the broadcast form to 1e-3 of the largest entry, on as many images as"
            + " that form can hold.");
    notes.add(
        "Forward is the value of the loss, the teacher's side included. NST computes its gradient"
            + " beside the value, so that its forward time holds most of the backward time too.");
    notes.add(
        "Backward is the gradient of the student's map and of the method's own variables. sp, pkt,"
            + " rkd, ickd and fsp are held against their broadcast form as NST is; crd, with 16,384"
            + " other pictures of 50,000, is not, since that form draws others for each picture.");
    notes.add(
        "Tensors: the most bytes in TensorFlow's tensors at a time, forward and backward, the two"
            + " maps themselves not counted, by its own record of every allocation.");
    notes.add(
        "A broadcast form is measured where what it holds at once fits in three fifths of this"
            + " machine's memory.");
    return new Report(
        "Transfer losses",
        !quick,
        notes,
        BenchmarkArguments.environment(),
        losses.figures,
        List.of());
  }

  private void measure(LossShape shape) throws RunnerException {
    List<RunResult> references =
        run(
            ReferenceBenchmark.class.getSimpleName(),
            shape,
            builder -> builder.param("size", quick ? "128" : "2048"));
    List<RunResult> results = shape.isLogits() ? List.of() : kernels(shape);
    double pass = median(find(references, "pass"));
    List<String> methods = quick ? LossMethods.some(shape) : LossMethods.on(shape);
    List<String> measured = new ArrayList<>(methods);
    methods.stream()
        .filter(method -> isPairwise(method, shape))
        .map(LossMethods::baselineOf)
        .forEach(measured::add);
    List<RunResult> others =
        run(
            LossBenchmark.class.getSimpleName() + "." + BOTH,
            shape,
            builder -> builder.param("method", array(measured)));
    methods.forEach(method -> describe(shape, method, others, pass));
    bound(shape, results, references);
  }

  private List<RunResult> kernels(LossShape shape) throws RunnerException {
    boolean fits = shape.broadcastBytes(shape.batch()) <= LossMethods.room();
    List<String> methods = new ArrayList<>();
    for (String kernel : KERNELS) {
      methods.add(nst(kernel));
      if (fits) {
        methods.add(LossMethods.baselineOf(nst(kernel)));
      }
    }
    List<RunResult> results =
        run(
            LossBenchmark.class.getSimpleName(),
            shape,
            builder -> builder.param("method", array(methods)));
    for (String kernel : KERNELS) {
      compare(shape, kernel, results, fits);
    }
    return results;
  }

  private static boolean isPairwise(String method, LossShape shape) {
    String name = LossMethods.nameOf(method);
    return PairwiseForm.METHODS.contains(name) && PairwiseForm.obstacle(name, shape).isEmpty();
  }

  /** A method beside its broadcast form, or beside one pass over both maps where it has none. */
  private void describe(LossShape shape, String method, List<RunResult> results, double pass) {
    String name = LossMethods.nameOf(method);
    double ours = figures(shape, name, method, results);
    if (!PairwiseForm.METHODS.contains(name)) {
      figures.add(
          Figure.of(shape.label(), name + " over one pass, forward and backward", "", ours / pass));
      return;
    }
    String ratio = "broadcast " + name + " over " + name + ", forward and backward";
    if (isPairwise(method, shape)) {
      String baseline = LossMethods.baselineOf(method);
      double theirs = figures(shape, baseline, baseline, results);
      figures.add(Figure.of(shape.label(), ratio, "", theirs / ours));
    } else {
      figures.add(Figure.missing(shape.label(), ratio, "", PairwiseForm.obstacle(name, shape)));
    }
  }

  /** Time and memory of one method; the median of the time. */
  private double figures(LossShape shape, String name, String method, List<RunResult> results) {
    RunResult both = find(results, method, BOTH);
    figures.add(time(shape, name + ", forward and backward", both));
    figures.add(Figure.of(shape.label(), name + ", tensors", "MB", peak(shape, method) / MEGABYTE));
    return median(both);
  }

  private void compare(LossShape shape, String kernel, List<RunResult> results, boolean fits) {
    RunResult ours = find(results, nst(kernel), BOTH);
    figures.add(time(shape, "nst " + kernel + ", forward", find(results, nst(kernel), FORWARD)));
    figures.add(time(shape, "nst " + kernel + ", forward and backward", ours));
    double bytes = peak(shape, nst(kernel)) / MEGABYTE;
    figures.add(Figure.of(shape.label(), "nst " + kernel + ", tensors", "MB", bytes));
    String ratio = "broadcast " + kernel + " over nst, forward and backward";
    if (!fits) {
      figures.add(
          Figure.missing(
              shape.label(),
              ratio,
              "",
              String.format(
                  Locale.ROOT,
                  "it would hold %.0f GB",
                  shape.broadcastBytes(shape.batch()) / 1e9)));
      return;
    }
    String baseline = LossMethods.baselineOf(nst(kernel));
    RunResult theirs = find(results, baseline, BOTH);
    figures.add(time(shape, baseline + ", forward and backward", theirs));
    figures.add(
        Figure.of(shape.label(), baseline + ", tensors", "MB", peak(shape, baseline) / MEGABYTE));
    Figure factor = Figure.of(shape.label(), ratio, "", median(theirs) / median(ours));
    boolean many = Math.min(shape.known(), shape.asked()) >= MANY_CHANNELS;
    figures.add(many ? factor.wanted(Figure.Target.atLeast(FACTOR)) : factor);
  }

  /**
   * The polynomial kernel against what its matrix products would take at the rate of a large
   * product and one pass over both maps.
   */
  private void bound(LossShape shape, List<RunResult> results, List<RunResult> references) {
    int size = quick ? 128 : 2048;
    double rate = 2.0 * size * size * size / median(find(references, "matrixProduct")) / 1e6;
    double pass = median(find(references, "pass"));
    long gram = 2L * shape.batch() * shape.positions() * shape.positions();
    double two = gram * (shape.known() + shape.asked()) / rate / 1e6;
    double three = gram * (shape.known() + 2.0 * shape.asked()) / rate / 1e6;
    String section = shape.label();
    figures.add(Figure.of(section, "matrix product", "GFLOP/s", rate).noting("2048 x 2048"));
    figures.add(Figure.of(section, "one pass over both maps", "ms", pass));
    if (shape != LossShape.IMAGENET) {
      return;
    }
    double pattern = 4.0 * shape.batch() * shape.positions();
    double all = peak(shape, nst("polynomial"));
    figures.add(
        Figure.of(
                section,
                "nst polynomial, tensors apart from the student's normalised map",
                "MB",
                (all - pattern * shape.asked()) / MEGABYTE)
            .noting(
                String.format(
                    Locale.ROOT,
                    "%.1f MB at the peak; the teacher's normalised map, %.1f MB, counts where it"
                        + " is still there",
                    all / MEGABYTE,
                    pattern * shape.known() / MEGABYTE))
            .wanted(Figure.Target.atMost(40)));
    figures.add(
        Figure.of(
                section,
                "nst polynomial, forward, over its two products and one pass",
                "",
                median(find(results, nst("polynomial"), FORWARD)) / (two + pass))
            .noting("forward computes most of the gradient, too")
            .wanted(Figure.Target.atMost(2)));
    figures.add(
        Figure.of(
                section,
                "nst polynomial, forward and backward, over its three products and one pass",
                "",
                median(find(results, nst("polynomial"), BOTH)) / (three + pass))
            .noting("teacher's and student's Gram matrix, and the gradient"));
    double run = median(find(references, "products"));
    figures.add(
        Figure.of(section, "these three products, as TensorFlow runs them", "ms", run)
            .noting(
                String.format(
                    Locale.ROOT,
                    "batches of %d rows reach %.0f GFLOP/s",
                    shape.positions(),
                    three * rate / run)));
    figures.add(
        Figure.of(
            section,
            "nst polynomial, forward and backward, over these products and one pass",
            "",
            median(find(results, nst("polynomial"), BOTH)) / (run + pass)));
  }

  private static String nst(String kernel) {
    return "nst, kernel: " + kernel;
  }

  private static double peak(LossShape shape, String method) {
    try (LossGraph graph = new LossGraph(LossMethods.of(method), shape, shape.batch())) {
      graph.forwardAndBackward();
      return graph.peakBytes();
    }
  }

  private static Figure time(LossShape shape, String name, RunResult result) {
    double[] quartiles = new double[3];
    for (int q = 0; q < quartiles.length; q++) {
      quartiles[q] = result.getPrimaryResult().getStatistics().getPercentile(25 * (q + 1));
    }
    return Figure.of(shape.label(), name, "ms", new Samples(quartiles));
  }

  private static double median(RunResult result) {
    return result.getPrimaryResult().getStatistics().getPercentile(50);
  }

  private List<RunResult> run(
      String benchmark, LossShape shape, UnaryOperator<ChainedOptionsBuilder> parameters)
      throws RunnerException {
    ChainedOptionsBuilder builder =
        parameters.apply(
            new OptionsBuilder()
                .include("\\b" + benchmark + "\\b")
                .param("shape", shape.name())
                .shouldFailOnError(true)
                .verbosity(quick ? VerboseMode.SILENT : VerboseMode.NORMAL));
    if (quick) {
      builder =
          builder
              .forks(0)
              .warmupIterations(0)
              .measurementIterations(1)
              .measurementTime(TimeValue.milliseconds(20));
    }
    Collection<RunResult> results = new Runner(builder.build()).run();
    return List.copyOf(results);
  }

  private static RunResult find(List<RunResult> results, String method, String benchmark) {
    return results.stream()
        .filter(result -> result.getParams().getParam("method").equals(method))
        .filter(result -> result.getParams().getBenchmark().endsWith("." + benchmark))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(method + " was not measured"));
  }

  private static RunResult find(List<RunResult> results, String benchmark) {
    return results.stream()
        .filter(result -> result.getParams().getBenchmark().endsWith("." + benchmark))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(benchmark + " was not measured"));
  }

  private static String[] array(List<String> texts) {
    return texts.toArray(String[]::new);
  }
}
