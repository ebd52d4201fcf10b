package org.kt4j.engine.experiment;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Description;
import org.kt4j.config.ConfigurationException;
import org.kt4j.config.ConfigurationTree;
import org.kt4j.config.NamedBinding;
import org.kt4j.config.NamedOptions;
import org.kt4j.config.NearestName;
import org.kt4j.config.RecordBinder;
import org.kt4j.config.SealedBinding;
import org.kt4j.data.Normalization;
import org.kt4j.engine.registry.Datasets;
import org.kt4j.engine.registry.FilterCriteria;
import org.kt4j.engine.registry.Methods;
import org.kt4j.engine.registry.Networks;
import org.kt4j.engine.registry.TaskNames;
import org.kt4j.engine.registry.WeightCriteria;

/** Reads experiments from YAML and writes them back with every default spelled out. */
@Singleton
public final class ExperimentReader {

  private static final String NETWORK = "network";

  private final RecordBinder binder;
  private final Presets presets;
  private final Provider<TaskNames> tasks;
  private final Datasets datasets;

  /** Reads names that these registries know. */
  @Inject
  public ExperimentReader(
      Methods methods,
      Networks networks,
      Datasets datasets,
      FilterCriteria criteria,
      WeightCriteria weightCriteria,
      Provider<TaskNames> tasks) {
    this.tasks = tasks;
    this.datasets = datasets;
    presets = new Presets(methods.all());
    NamedBinding<NetworkConfig, ?> network =
        NamedBinding.of(
            NETWORK,
            NetworkConfig.Keys.defaults(),
            networks,
            (named, keys) ->
                new NetworkConfig(
                    named.name(), named.options(), NetworkConfig.checked(keys.widths())),
            value -> new NamedOptions(value.network(), value.options()),
            value -> NetworkConfig.Keys.of(value.widths()));
    binder =
        RecordBinder.builder()
            .custom(NetworkConfig.class, new FloatNetworkBinding(network))
            .custom(
                StudentConfig.class,
                NamedBinding.of(
                    NETWORK,
                    StudentConfig.Keys.defaults(),
                    networks,
                    (named, keys) ->
                        new StudentConfig(
                            named.name(),
                            named.options(),
                            NetworkConfig.checked(keys.widths()),
                            keys.quantization(),
                            keys.binary(),
                            keys.prune(),
                            keys.mask()),
                    value -> new NamedOptions(value.network(), value.options()),
                    value ->
                        new StudentConfig.Keys(
                            NetworkConfig.asKey(value.widths()),
                            value.quantization(),
                            value.binary(),
                            value.prune(),
                            value.mask())))
            .custom(BinaryConfig.class, new BinaryBinding())
            .custom(
                MaskConfig.class,
                NamedBinding.of(
                    "criterion",
                    MaskConfig.Keys.defaults(),
                    weightCriteria,
                    (named, keys) -> new MaskConfig(named.name(), named.options(), keys),
                    value -> new NamedOptions(value.criterion(), value.options()),
                    MaskConfig::keys))
            .custom(
                MaskSchedule.class,
                SealedBinding.of("name", MaskSchedule.class, MaskSchedule.defaults()))
            .custom(
                PruneConfig.class,
                NamedBinding.of(
                    "criterion",
                    PruneConfig.Keys.defaults(),
                    criteria,
                    (named, keys) -> new PruneConfig(named.name(), named.options(), keys),
                    value -> new NamedOptions(value.criterion(), value.options()),
                    PruneConfig::keys))
            .custom(PruneConfig.Keep.class, new KeepBinding())
            .custom(
                DataConfig.class,
                NamedBinding.of(
                    "name",
                    datasets,
                    named -> new DataConfig(named.name(), named.options()),
                    value -> new NamedOptions(value.name(), value.options())))
            .custom(
                TermConfig.class,
                NamedBinding.of(
                    "term",
                    TermConfig.Keys.defaults(),
                    methods,
                    (named, keys) -> new TermConfig(named.name(), keys, named.options()),
                    value -> new NamedOptions(value.term(), value.options()),
                    TermConfig::keys))
            .custom(TermWeight.class, new WeightBinding())
            .custom(ModelOutput.class, new ModelOutputBinding())
            .custom(TeacherConfig.class, new TeacherBinding(NETWORK, network))
            .custom(StartConfig.class, new StartBinding())
            .custom(Normalization.class, new NormalizationBinding(datasets))
            .custom(
                OptimizerConfig.class,
                SealedBinding.of("name", OptimizerConfig.class, OptimizerConfig.defaults()))
            .custom(
                ScheduleConfig.class,
                SealedBinding.of("name", ScheduleConfig.class, ScheduleConfig.defaults()))
            .build();
  }

  /**
   * Reads a configuration that a person wrote: other configurations that it names are looked for
   * beside it.
   *
   * @param file the YAML file
   * @param overrides values by dotted path, such as {@code phases.0.epochs}
   * @throws org.kt4j.config.ConfigurationException with every problem of the file
   */
  public ExperimentConfig read(Path file, Map<String, String> overrides) {
    ConfigurationTree tree = ConfigurationTree.read(file);
    tree.setAll(overrides);
    return besideOf(file, bound(tree, file.toAbsolutePath().getParent()));
  }

  /** Reads what {@link #write} wrote, such as the configuration in a run folder. */
  public ExperimentConfig readResolved(Path file) {
    return binder.bind(ConfigurationTree.read(file), ExperimentConfig.class);
  }

  /** Reads a configuration from text; other configurations are found from the working directory. */
  public ExperimentConfig parse(String source, String yaml) {
    return bound(ConfigurationTree.parse(source, yaml), Path.of(""));
  }

  /**
   * A data set by itself.
   *
   * @param name a known data set
   * @param options of it, by key; a key may begin with {@code data.}
   * @throws ConfigurationException with every problem of the options
   */
  public DataConfig data(String name, Map<String, String> options) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.putObject("data").put("name", name);
    ConfigurationTree tree = ConfigurationTree.of(name, root);
    options.forEach(
        (path, value) -> tree.set(path.startsWith("data.") ? path : "data." + path, value));
    return binder.bind(tree, DataAlone.class).data();
  }

  /** The normalization of an experiment: its own, or that of its data set. */
  public Normalization normalization(ExperimentConfig config) {
    Normalization own = config.normalization();
    return own != null ? own : datasets.provider(config.data().name()).defaultNormalization();
  }

  /**
   * A pruning by itself.
   *
   * @param values by key, such as {@code criterion}
   * @throws ConfigurationException with every problem of the values
   */
  public PruneConfig pruning(Map<String, String> values) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.putObject(StudentConfig.PRUNE);
    ConfigurationTree tree = ConfigurationTree.of("pruning", root);
    values.forEach((key, value) -> tree.set(StudentConfig.PRUNE + "." + key, value));
    return binder.bind(tree, PruningAlone.class).prune();
  }

  /** What {@link #pruning} binds. */
  record PruningAlone(@Description("how a network is pruned") PruneConfig prune) {}

  /**
   * A student as it stands under {@code student} in a configuration.
   *
   * @return YAML
   */
  public String write(StudentConfig student) {
    return binder.toTree("student", new StudentAlone(student)).toYaml();
  }

  /** Reads what {@link #write(StudentConfig)} wrote. */
  public StudentConfig student(Path file) {
    return binder.bind(ConfigurationTree.read(file), StudentAlone.class).student();
  }

  /** What {@link #write(StudentConfig)} writes. */
  record StudentAlone(@Description("the network that learns") StudentConfig student) {}

  /** What {@link #data} binds. */
  record DataAlone(@Description("the pictures") DataConfig data) {}

  private ExperimentConfig bound(ConfigurationTree tree, @Nullable Path folder) {
    if (tree.root().has("base") && tree.root().has("methods")) {
      throw ConfigurationException.of(
          tree.source()
              + ": is a suite of several runs, by its keys base and methods; allowed: a configuration"
              + " of one run; fix: kt compare trains a suite");
    }
    List<String> problems = new ArrayList<>();
    Presets.Expanded expanded = presets.expanded(PrunedStudent.expanded(tree, folder, problems));
    problems.addAll(expanded.problems());
    problems.addAll(unknownTask(tree));
    try {
      ExperimentConfig config = binder.bind(expanded.tree(), ExperimentConfig.class);
      if (problems.isEmpty()) {
        return config;
      }
    } catch (ConfigurationException e) {
      problems.addAll(e.problems());
    }
    throw new ConfigurationException(problems);
  }

  private List<String> unknownTask(ConfigurationTree tree) {
    String task = tree.root().path("task").textValue();
    if (task == null || tasks.get().all().contains(task)) {
      return List.of();
    }
    return List.of(
        tree.source() + ": task: " + NearestName.unknown("task", task, tasks.get().all()));
  }

  /** The experiment as YAML with every default spelled out. */
  public String write(ExperimentConfig config) {
    return binder.toTree("config", config).toYaml();
  }

  private static ExperimentConfig besideOf(Path file, ExperimentConfig config) {
    TeacherConfig teacher = config.teacher();
    BaselineConfig baseline = config.baseline();
    StartConfig start = config.start();
    return config.with(
        teacher == null ? null : besideOf(file, teacher),
        config.teachers().stream().map(each -> besideOf(file, each)).toList(),
        start == null ? null : besideOf(file, start),
        baseline == null ? null : new BaselineConfig(baseline.source().beside(file)));
  }

  private static TeacherConfig besideOf(Path file, TeacherConfig teacher) {
    return teacher.source() instanceof RunSource.OfConfiguration named
        ? teacher.from(named.beside(file))
        : teacher;
  }

  private static StartConfig besideOf(Path file, StartConfig start) {
    return start.source() instanceof RunSource.OfConfiguration named
        ? start.from(named.beside(file))
        : start;
  }
}
