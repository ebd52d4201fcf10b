package org.kt4j.engine.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Description;
import org.kt4j.config.BindingContext;
import org.kt4j.config.NamedBinding;
import org.kt4j.config.RecordWriter;
import org.kt4j.data.Normalization;
import org.kt4j.engine.teacher.LogitsAre;
import org.kt4j.engine.teacher.TeacherEngine;
import org.kt4j.engine.teacher.TeacherPrecision;

/** Binds a teacher: the keys that every teacher has, and those of its source beside them. */
final class TeacherBinding extends SourceBinding<TeacherConfig> {

  private static final List<String> SOURCES = List.of(RUN, CONFIG, WEIGHTS, MODEL);
  private static final List<String> OF_MODELS = List.of("input", "outputs");
  private static final List<String> OF_WEIGHTS = List.of("part", "rename");
  private static final Set<TeacherEngine> FOR_NETWORKS =
      Set.of(TeacherEngine.IN_GRAPH, TeacherEngine.ONNX);
  private static final List<String> OF_ALL =
      List.of("name", "weight", "normalization", "allow-weak", "logits-are", "engine", "precision");

  /**
   * What every teacher has, see {@link TeacherConfig}.
   *
   * @param name what terms call it
   * @param weight its share
   * @param normalization of its input
   * @param allowWeak whether chance level is accepted
   * @param logitsAre logits or probabilities
   * @param engine what computes it
   * @param precision of that
   */
  private record Keys(
      @Description("what terms call it; needed where there are several") @Nullable String name,
      @Description("its share where a term learns from several, 1e-6 to 1e6") double weight,
      @Description("of the teacher's input, when it is not the student's")
          @Nullable Normalization normalization,
      @Description("accept a teacher at chance level") boolean allowWeak,
      @Description("logits, or probabilities, whose logarithm is taken; asked for where in doubt")
          @Nullable LogitsAre logitsAre,
      @Description("what computes it; onnx is faster for a network of ours; decided when left out")
          @Nullable TeacherEngine engine,
      @Description("of engine onnx: single, or int8, which is faster and slightly less exact")
          @Nullable TeacherPrecision precision) {

    Keys {
      TeacherConfig.require(name, weight);
    }

    static Keys defaults() {
      return new Keys(null, 1, null, false, null, null, null);
    }

    TeacherConfig with(TeacherSource source) {
      // A model has the key itself.
      TeacherEngine own = source instanceof TeacherSource.OfModel ? null : engine;
      return new TeacherConfig(
          name, weight, source, normalization, allowWeak, logitsAre, own, precision);
    }
  }

  private final String networkKey;
  private final NamedBinding<NetworkConfig, ?> network;
  private final Set<String> known;

  /** The keys of a teacher that do not belong to its network. */
  static Set<String> besideNetwork() {
    Set<String> keys = new LinkedHashSet<>(OF_ALL);
    keys.addAll(SOURCES);
    keys.addAll(OF_MODELS);
    keys.addAll(OF_WEIGHTS);
    return keys;
  }

  /**
   * Binds teachers.
   *
   * @param networkKey the key that names a network
   * @param network binds that key and the network's options
   */
  TeacherBinding(String networkKey, NamedBinding<NetworkConfig, ?> network) {
    super(SOURCES);
    this.networkKey = networkKey;
    Set<String> keys = besideNetwork();
    this.network = network.beside(new LinkedHashSet<>(keys));
    keys.add(networkKey);
    this.known = keys;
  }

  @Override
  Optional<TeacherConfig> bind(ObjectNode map, Set<String> given, BindingContext context) {
    for (String key : StudentConfig.ARITHMETIC) {
      if (given.contains(key)) {
        context
            .at(key)
            .problem(
                "is a key of student; a teacher computes as it was trained, so a run with "
                    + key
                    + (key.equals(StudentConfig.BINARY)
                        ? " computes with signs and everything else does not"
                        : " is rounded and everything else is not")
                    + "; fix: leave it out");
        return Optional.empty();
      }
    }
    if (given.contains(StudentConfig.MASK)) {
      context
          .at(StudentConfig.MASK)
          .problem(
              "is a key of student; a teacher computes with the weights that it has, so one whose"
                  + " weights were set to zero in its training keeps them there; fix: leave it out");
      return Optional.empty();
    }
    boolean named = given.contains(networkKey);
    // With a network, which keys are unknown is seen with its options.
    Optional<Keys> keys = context.bind(map, Keys.defaults(), named ? all(map) : known);
    Optional<NetworkConfig> bound = named ? network.bind(map, null, context) : Optional.empty();
    Optional<TeacherSource> source =
        only(given, context)
            .filter(only -> suits(only, given, context))
            .flatMap(only -> source(only, map, bound, context));
    return keys.flatMap(
        common ->
            source
                .filter(from -> isComputed(common, from, context))
                .map(from -> common.with(from)));
  }

  /** Whether the engine can compute what the source gives. */
  private static boolean isComputed(Keys keys, TeacherSource source, BindingContext context) {
    TeacherEngine engine = keys.engine();
    boolean isModel = source instanceof TeacherSource.OfModel;
    if (!isModel && engine != null && !FOR_NETWORKS.contains(engine)) {
      context.problem(
          "engine computes models of other tools; allowed of a network of ours: in-graph, onnx");
      return false;
    }
    if (keys.precision() == TeacherPrecision.INT8 && (isModel || engine != TeacherEngine.ONNX)) {
      context.problem(
          "precision int8 goes with a network of ours and engine: onnx; a model has its own");
      return false;
    }
    return true;
  }

  private static Set<String> all(ObjectNode map) {
    Set<String> keys = new LinkedHashSet<>();
    map.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  /** Whether nothing is given that belongs to another source. */
  private boolean suits(String source, Set<String> given, BindingContext context) {
    boolean ofWeights = source.equals(WEIGHTS);
    if (ofWeights != given.contains(networkKey)) {
      context.problem(
          ofWeights
              ? "weights need the network that they belong to: {network: resnet-56, weights: ...}"
              : "network goes with weights only; a run, a configuration and a model know theirs");
      return false;
    }
    if (!source.equals(MODEL) && OF_MODELS.stream().anyMatch(given::contains)) {
      context.problem("input and outputs go with model only; our networks know theirs");
      return false;
    }
    if (!ofWeights && OF_WEIGHTS.stream().anyMatch(given::contains)) {
      context.problem("part and rename go with weights only; they say what is taken of a file");
      return false;
    }
    return true;
  }

  private static Optional<TeacherSource> source(
      String source, ObjectNode map, Optional<NetworkConfig> network, BindingContext context) {
    return switch (source) {
      case RUN -> bound(map, RunSource.OfRun.class, context, run -> run);
      case CONFIG -> bound(map, RunSource.OfConfiguration.class, context, config -> config);
      case MODEL -> bound(map, TeacherSource.OfModel.class, context, model -> model);
      default ->
          bound(map, WeightSource.OfWeights.class, context, file -> file)
              .flatMap(file -> network.map(named -> TeacherSource.OfWeights.of(named, file)));
    };
  }

  @Override
  public JsonNode write(TeacherConfig value, @Nullable TeacherConfig initial, RecordWriter writer) {
    ObjectNode map = written(value.source(), writer);
    Keys common =
        new Keys(
            value.name(),
            value.weight(),
            value.normalization(),
            value.allowWeak(),
            value.logitsAre(),
            value.source() instanceof TeacherSource.OfModel model ? model.engine() : value.engine(),
            value.precision());
    return map.setAll(writer.write(common, Keys.defaults()));
  }
}
