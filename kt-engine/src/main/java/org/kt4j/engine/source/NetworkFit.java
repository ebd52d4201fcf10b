package org.kt4j.engine.source;

import java.nio.file.Files;
import java.nio.file.Path;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.DataSplits;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.experiment.BinaryConfig;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.NetworkConfig;
import org.kt4j.engine.experiment.QuantizationConfig;
import org.kt4j.engine.experiment.StudentConfig;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.registry.Datasets;
import org.kt4j.engine.registry.Networks;

/** Checks that networks and normalizations fit the pictures, and that weights are there. */
public final class NetworkFit {

  private NetworkFit() {}

  /** The normalization of an experiment: its own, or that of its data set. */
  public static Normalization normalization(ExperimentConfig config, Datasets datasets) {
    Normalization own = config.normalization();
    return own != null ? own : datasets.provider(config.data().name()).defaultNormalization();
  }

  /**
   * A network that fits the data.
   *
   * @param who needs it, for the message
   * @throws ConfigurationException when it does not fit
   */
  public static Network network(
      Networks networks, NetworkConfig config, DataSplits data, String who) {
    return network(networks, config, data.shape(), data.train().classes().size(), who);
  }

  /**
   * A network for pictures of a size.
   *
   * @param who needs it, for the message
   * @throws ConfigurationException when it does not fit
   */
  public static Network network(
      Networks networks, NetworkConfig config, ImageShape shape, int classes, String who) {
    try {
      return created(networks, config, shape, classes, who);
    } catch (IllegalArgumentException e) {
      throw ConfigurationException.of(
          who
              + ": "
              + config.network()
              + " does not fit pictures of "
              + shape
              + ": "
              + e.getMessage());
    }
  }

  /**
   * A network with its widths.
   *
   * @param who needs it, for the message
   * @throws IllegalArgumentException when the pictures do not suit it
   * @throws ConfigurationException when the widths do not
   */
  public static Network created(
      Networks networks, NetworkConfig config, ImageShape shape, int classes, String who) {
    Network network =
        networks
            .create(config.network(), config.options(), shape, classes)
            .withWidths(config.widths(), who + ".widths");
    if (!config.widths().isEmpty()) {
      requireBuilt(network, shape);
    }
    return network;
  }

  /** Builds all of a network once, so that widths are checked that a part of it would not use. */
  private static void requireBuilt(Network network, ImageShape shape) {
    try (ImageGraph graph = new ImageGraph(shape)) {
      network.build(
          Layers.evaluation(graph.tf(), new Variables(graph.tf(), "checked", 0)),
          graph.normalised(graph.tf(), Normalization.none(shape.channels())));
    }
  }

  /**
   * The network of a student, rounded or with signs where that is asked for.
   *
   * @param steps of its training; 0 for one that is trained
   * @param who needs it, for the message
   * @throws ConfigurationException when it does not fit
   */
  public static Network student(
      Networks networks,
      StudentConfig student,
      ImageShape shape,
      int classes,
      long steps,
      String who) {
    Network network = network(networks, student.inFloats(), shape, classes, who);
    return computing(network, student, steps, who);
  }

  /**
   * A network that computes as a student's configuration says.
   *
   * @param network in floats
   * @param steps of its training; 0 for one that is trained
   * @param who it is, for the message of a network that cannot compute so
   */
  public static Network computing(Network network, StudentConfig student, long steps, String who) {
    QuantizationConfig quantization = student.quantization();
    BinaryConfig binary = student.binary();
    if (binary != null) {
      return network.binary(binary.binarization(), who + ".binary: " + student.network());
    }
    return quantization == null
        ? network
        : network.quantized(quantization.over(steps), nothingToRound(student, who));
  }

  private static String nothingToRound(StudentConfig student, String who) {
    return who
        + ".quantization: "
        + student.network()
        + " has no layer that could be rounded; allowed: networks with convolutions or dense layers"
        + " of Layers (conv, depthwiseConv, dense); fix: build it from these, or leave quantization"
        + " out";
  }

  /** The steps of a training on so many pictures. */
  public static long steps(ExperimentConfig config, int pictures) {
    return (long) config.epochs() * (pictures / config.batchSize());
  }

  /**
   * Requires a file, which is read when it is needed, maybe much later.
   *
   * @param place where the file stands, for the message
   * @param expected what it should be, for the message
   * @throws ConfigurationException when there is none
   */
  static void requireFile(String place, Path file, String expected) {
    if (!Files.isRegularFile(file)) {
      throw ConfigurationException.of(
          place
              + ": "
              + (Files.isDirectory(file) ? file + " is a folder" : "there is no file " + file)
              + "; expected "
              + expected);
    }
  }

  /**
   * Requires a file of weights, whose path is from the working folder.
   *
   * @param place where the file stands, for the message
   * @throws ConfigurationException when there is none
   */
  static void requireWeights(String place, Path file) {
    String from =
        file.isAbsolute()
            ? ""
            : ", found from the working folder "
                + Path.of("").toAbsolutePath()
                + ", not from the configuration's";
    requireFile(place, file, "a file of weights (.npz, .safetensors, .pt)" + from);
  }

  /**
   * Requires one mean and one deviation for each channel.
   *
   * @param place where the normalization stands, for the message
   * @throws ConfigurationException when there are others
   */
  public static void requireChannels(String place, Normalization normalization, DataSplits data) {
    int channels = data.shape().channels();
    if (normalization.channels() != channels) {
      throw ConfigurationException.of(
          place
              + ": "
              + normalization.channels()
              + " channels do not fit the "
              + channels
              + " of "
              + data.train().name()
              + "; give one mean and one std per channel");
    }
  }
}
