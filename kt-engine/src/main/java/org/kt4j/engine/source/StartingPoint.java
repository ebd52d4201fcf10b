package org.kt4j.engine.source;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.RunSource;
import org.kt4j.engine.experiment.StartConfig;
import org.kt4j.engine.experiment.WeightSource;
import org.kt4j.engine.graph.ClassOutputs;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.weights.FileWeights;
import org.tensorflow.ndarray.Shape;

/**
 * The weights that a student begins with, from a run or a file.
 *
 * @param source where they come from, for messages
 * @param head what becomes of the layer with an output for each class; null where it is taken if it
 *     knows as many
 * @param needs the runs that have to be trained before
 * @param there whether they can be read before anything is trained
 * @param weights read when they are needed
 */
public record StartingPoint(
    String source,
    StartConfig.@Nullable Head head,
    List<Prerequisite> needs,
    boolean there,
    Supplier<Weights> weights) {

  /**
   * What a student begins with.
   *
   * @param values of the variables that are in the source; all others are random
   * @param head what is to be said of a head that begins fresh although the source has one; null
   *     otherwise
   * @param classes that the source's head knows; empty where it has none
   */
  public record Begun(Map<Variable, float[]> values, @Nullable String head, OptionalInt classes) {}

  /** The starting point of an experiment; null where a student begins with random weights. */
  public static @Nullable StartingPoint of(ExperimentConfig config, SourceResolver sources) {
    StartConfig start = config.start();
    if (start == null) {
      return null;
    }
    if (start.source() instanceof WeightSource.OfWeights file) {
      NetworkFit.requireWeights("start.weights", file.weights());
      FileWeights weights = FileWeights.of("start", file);
      return new StartingPoint(
          file.weights() + weights.said(), start.head(), List.of(), true, weights);
    }
    if (start.source() instanceof RunSource named) {
      SourceRun run = sources.run("start", named);
      Prerequisite needed = run.needed("starting point");
      return new StartingPoint(
          run.folder().toString(),
          start.head(),
          needed == null ? List.of() : List.of(needed),
          RunFolder.result(run.folder()).isPresent(),
          run::weights);
    }
    throw new IllegalStateException("no such source of weights: " + start.source());
  }

  /**
   * The values of those student variables whose name is in the source. A head with other classes
   * begins fresh.
   *
   * @throws ConfigurationException when there are none: these are the weights of another network;
   *     or when a head is to be kept and does not fit
   * @throws org.kt4j.engine.teacher.WeightsException when anything else has another shape
   */
  public Begun of(Variables student) {
    Weights read = weights.get();
    Map<Variable, Shape> shapes = read.shapes(student);
    Set<Variable> ofClasses = new LinkedHashSet<>(student.outputsOfClasses().keySet());
    ofClasses.retainAll(shapes.keySet());
    OptionalInt there = classes(ofClasses, student, shapes);
    OptionalInt here = classes(ofClasses, student, null);
    boolean others = there.isPresent() && !there.equals(here);
    if (head == StartConfig.Head.KEPT && (others || there.isEmpty())) {
      throw ConfigurationException.of(
          "start.head: kept: "
              + source
              + (others
                  ? " has a head of "
                      + there.getAsInt()
                      + " classes, the student one of "
                      + here.orElse(0)
                  : " has no head that the student could keep")
              + "; allowed: kept where the classes are the same; fix: head: fresh, or leave it out");
    }
    boolean fresh = head == StartConfig.Head.FRESH || others;
    Map<Variable, float[]> values =
        read.fitting(student, fresh ? student.outputsOfClasses().keySet() : Set.of());
    if (values.isEmpty()) {
      throw ConfigurationException.of(
          "start: "
              + source
              + ": none of its weights has the name of one of the student's; fix: name a run of the"
              + " same network, or of the same backbone");
    }
    return new Begun(
        values,
        fresh && there.isPresent()
            ? "head begun fresh: "
                + there.getAsInt()
                + " classes in "
                + source
                + ", "
                + here.orElse(0)
                + " here ("
                + String.join(", ", layers(ofClasses))
                + ")"
            : null,
        there);
  }

  /**
   * The number of classes that all layers of a head agree on.
   *
   * @param shapes of the source; null for the student's own
   * @return empty without a head, and where anything but the number of classes differs
   */
  private static OptionalInt classes(
      Set<Variable> ofClasses, Variables student, @Nullable Map<Variable, Shape> shapes) {
    Set<OptionalInt> found = new LinkedHashSet<>();
    for (Variable variable : ofClasses) {
      ClassOutputs outputs = student.outputsOfClasses().get(variable);
      Shape own = variable.shape();
      Shape shape = shapes == null ? own : shapes.getOrDefault(variable, own);
      int last = own.numDimensions() - 1;
      boolean alike = shape.take(last).equals(own.take(last));
      found.add(alike && outputs != null ? outputs.classes(shape.get(last)) : OptionalInt.empty());
    }
    return found.size() == 1 ? found.iterator().next() : OptionalInt.empty();
  }

  private static Set<String> layers(Set<Variable> variables) {
    Set<String> layers = new LinkedHashSet<>();
    variables.forEach(variable -> layers.add(variable.layer()));
    return layers;
  }

  /**
   * Requires that what the first phase leaves as it is has been trained.
   *
   * @param begun what the student begins with; null where all of it is random
   * @param frozen names of variables
   * @param student all of its variables
   * @throws ConfigurationException when it has not
   */
  public static void requireTrained(@Nullable Begun begun, Set<String> frozen, Variables student) {
    List<Variable> random = new ArrayList<>();
    for (Variable variable : student.all()) {
      if (frozen.contains(variable.name())
          && (begun == null || !begun.values().containsKey(variable))) {
        random.add(variable);
      }
    }
    if (random.isEmpty()) {
      return;
    }
    Set<String> layers = new TreeSet<>(layers(new LinkedHashSet<>(random)));
    String first = layers.iterator().next();
    throw ConfigurationException.of(
        "phases[0].freeze: "
            + first
            + (layers.size() == 1 ? "" : " and further layers (" + layers.size() + " in all)")
            + " would stay random: "
            + (begun == null
                ? "the configuration has no start; fix: start: {run: ...}, or freeze them in a"
                    + " later phase"
                : "start has no weights for "
                    + (layers.size() == 1 ? "it" : "them")
                    + (begun.head() == null ? "" : " (" + begun.head() + ")")
                    + "; fix: name less in freeze"));
  }
}
