package org.kt4j.engine.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.BindingContext;
import org.kt4j.config.ConfigurationException;
import org.kt4j.config.ConfigurationTree;
import org.kt4j.config.CustomBinding;
import org.kt4j.config.NamedBinding;
import org.kt4j.config.NamedOptions;
import org.kt4j.config.RecordBinder;
import org.kt4j.config.RecordWriter;
import org.kt4j.engine.registry.Datasets;
import org.kt4j.engine.registry.Methods;
import org.kt4j.engine.registry.Networks;

/** Reads experiments from YAML and writes them back with every default spelled out. */
@Singleton
public final class ExperimentReader {

  private static final String NETWORK = "network";

  private final RecordBinder binder;
  private final Presets presets;

  /** Reads names that these registries know. */
  @Inject
  public ExperimentReader(Methods methods, Networks networks, Datasets datasets) {
    presets = new Presets(methods.all());
    NamedBinding<NetworkConfig, ?> network =
        NamedBinding.of(
            NETWORK,
            networks,
            named -> new NetworkConfig(named.name(), named.options()),
            value -> new NamedOptions(value.network(), value.options()));
    binder =
        RecordBinder.builder()
            .custom(NetworkConfig.class, network)
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
            .custom(TeacherConfig.class, new TeacherBinding(networks))
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
    return besideOf(file, bound(tree));
  }

  /** Reads what {@link #write} wrote, such as the configuration in a run folder. */
  public ExperimentConfig readResolved(Path file) {
    return binder.bind(ConfigurationTree.read(file), ExperimentConfig.class);
  }

  /** Reads a configuration from text; other configurations are found from the working directory. */
  public ExperimentConfig parse(String source, String yaml) {
    return bound(ConfigurationTree.parse(source, yaml));
  }

  private ExperimentConfig bound(ConfigurationTree tree) {
    Presets.Expanded expanded = presets.expanded(tree);
    List<String> problems = new ArrayList<>(expanded.problems());
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

  /** The experiment as YAML with every default spelled out. */
  public String write(ExperimentConfig config) {
    return binder.toTree("config", config).toYaml();
  }

  private static ExperimentConfig besideOf(Path file, ExperimentConfig config) {
    TeacherConfig teacher = config.teacher();
    BaselineConfig baseline = config.baseline();
    StartConfig start = config.start();
    Path begun = start == null ? null : start.config();
    return config.with(
        teacher == null ? null : besideOf(file, teacher),
        config.teachers().stream().map(each -> besideOf(file, each)).toList(),
        start == null || begun == null ? start : start.withConfig(beside(file, begun)),
        baseline == null ? null : new BaselineConfig(beside(file, baseline.config())));
  }

  private static TeacherConfig besideOf(Path file, TeacherConfig teacher) {
    Path config = teacher.keys().config();
    return config == null ? teacher : teacher.withConfig(beside(file, config));
  }

  private static Path beside(Path file, Path named) {
    return file.resolveSibling(named).normalize();
  }

  /** A teacher's own keys, and a network's beside them where one is named. */
  private record TeacherBinding(Networks networks) implements CustomBinding<TeacherConfig> {

    @Override
    public Optional<TeacherConfig> bind(
        JsonNode node, @Nullable TeacherConfig initial, BindingContext context) {
      if (node.has(NETWORK)) {
        return withNetwork().bind(node, initial, context);
      }
      return context
          .bind(node, TeacherConfig.Keys.defaults(), Set.of(NETWORK))
          .map(keys -> new TeacherConfig(Optional.empty(), keys));
    }

    @Override
    public JsonNode write(
        TeacherConfig value, @Nullable TeacherConfig initial, RecordWriter writer) {
      if (value.network().isPresent()) {
        return withNetwork().write(value, initial, writer);
      }
      ObjectNode keys = writer.write(value.keys(), TeacherConfig.Keys.defaults());
      return keys;
    }

    private NamedBinding<TeacherConfig, TeacherConfig.Keys> withNetwork() {
      return NamedBinding.of(
          NETWORK,
          TeacherConfig.Keys.defaults(),
          networks,
          (named, keys) ->
              new TeacherConfig(
                  Optional.of(new NetworkConfig(named.name(), named.options())), keys),
          value -> {
            NetworkConfig network = value.network().orElseThrow();
            return new NamedOptions(network.network(), network.options());
          },
          TeacherConfig::keys);
    }
  }
}
