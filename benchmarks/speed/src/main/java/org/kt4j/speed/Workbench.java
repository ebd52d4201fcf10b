package org.kt4j.speed;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.TapShapes;
import org.kt4j.data.Augmentation;
import org.kt4j.data.BatchStream;
import org.kt4j.data.CifarOptions;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.Normalization;
import org.kt4j.detection.training.DetectorFactory;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.cache.AugmentedViews;
import org.kt4j.engine.cache.FillListener;
import org.kt4j.engine.cache.KnowledgeCache;
import org.kt4j.engine.cache.KnowledgeFile;
import org.kt4j.engine.cache.KnowledgeRequest;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.experiment.OptimizerConfig;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.objective.TeacherTerm;
import org.kt4j.engine.objective.Term;
import org.kt4j.engine.objective.TermScope;
import org.kt4j.engine.registry.Datasets;
import org.kt4j.engine.registry.Methods;
import org.kt4j.engine.registry.Networks;
import org.kt4j.engine.step.DistillationStep;
import org.kt4j.engine.task.Tasks;
import org.kt4j.engine.teacher.NetworkTeacher;
import org.kt4j.engine.teacher.NpzFile;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.training.Trainer;
import org.kt4j.imagelevel.ClassLabels;
import org.kt4j.imagelevel.FrozenNetwork;
import org.kt4j.imagelevel.NetworkGraph;
import org.kt4j.imagelevel.TrainedNetwork;

/** What the sections build their subjects from: the data, the networks and the objectives. */
final class Workbench {

  /** Low, so that a student of an untrained teacher stays finite however long it is measured. */
  static final double LEARNING_RATE = 1e-3;

  /** What the published CIFAR ResNets were trained with. */
  private static final Normalization OF_THE_TEACHER =
      new Normalization(List.of(.485, .456, .406), List.of(.229, .224, .225));

  private final Settings settings;
  private final Methods methods;
  private final Networks networks;
  private final Materials materials;
  private final ExperimentReader reader;
  private final Trainer trainer;
  private final Tasks tasks;
  private final DetectorFactory detectors;
  private final ImageDataset pictures;
  private final Normalization normalization;

  /** Generated pictures, untrained teachers. */
  Workbench(Settings settings) {
    this(settings, Materials.none());
  }

  Workbench(Settings settings, Materials materials) {
    this.settings = settings;
    this.materials = materials;
    Injector injector = Guice.createInjector(KtModule.fromClassPath());
    methods = injector.getInstance(Methods.class);
    networks = injector.getInstance(Networks.class);
    Datasets datasets = injector.getInstance(Datasets.class);
    reader = injector.getInstance(ExperimentReader.class);
    trainer = injector.getInstance(Trainer.class);
    tasks = injector.getInstance(Tasks.class);
    detectors = injector.getInstance(DetectorFactory.class);
    if (materials.cifar10() == null) {
      pictures = datasets.open("shapes", datasets.defaults("shapes")).train();
      normalization = datasets.provider("shapes").defaultNormalization();
    } else {
      int count = settings.quick() ? 200 : 10_000;
      CifarOptions options =
          new CifarOptions(materials.cifar10().toString(), count, count / 10, count / 10);
      pictures = datasets.open("cifar-10", options).train();
      normalization = OF_THE_TEACHER;
    }
  }

  Materials materials() {
    return materials;
  }

  ExperimentReader reader() {
    return reader;
  }

  Trainer trainer() {
    return trainer;
  }

  /** Those that experiments can be of. */
  Tasks tasks() {
    return tasks;
  }

  /** Makes what experiments with detectors consist of. */
  DetectorFactory detectors() {
    return detectors;
  }

  ImageDataset pictures() {
    return pictures;
  }

  Normalization normalization() {
    return normalization;
  }

  Settings settings() {
    return settings;
  }

  /** As the settings say. */
  Rounds rounds() {
    return new Rounds(settings.warmUp(), settings.rounds(), settings.calls());
  }

  /** A network trained by cross-entropy alone. */
  NetworkGraph alone(String student) {
    return training(student, null, List.of(term("cross-entropy", 1)));
  }

  /** A network trained by cross-entropy, NST and KD. */
  NetworkGraph distilling(String student, Teacher teacher) {
    return training(
        student, teacher, List.of(term("cross-entropy", 1), term("nst", 50), term("kd", 1)));
  }

  /**
   * The knowledge of NST and KD.
   *
   * @param folder of the cache
   * @param layers of NST; paired by size when there is none
   */
  List<KnowledgeFile> stored(
      Path folder,
      String student,
      Teacher teacher,
      Augmentation augmentation,
      FillListener listener,
      String... layers) {
    return stored(
        folder, student, teacher, augmentation, listener, List.of(nst(layers), term("kd", 1)));
  }

  /** The knowledge of some terms, computed in one pass over the pictures. */
  List<KnowledgeFile> stored(
      Path folder,
      String student,
      Teacher teacher,
      Augmentation augmentation,
      FillListener listener,
      List<Term> terms) {
    TapShapes studentTaps = teacherOf(student).taps();
    List<KnowledgeRequest> requests = new ArrayList<>();
    for (Term term : terms) {
      KnowledgeTransfer method = term.teacherTerms().get(0).method();
      List<String> taps = method.taps(teacher.taps(), studentTaps).teacher();
      requests.add(
          new KnowledgeRequest(
              term.label(),
              term.label(),
              taps,
              (tf, mounted) ->
                  method.teach(
                      tf,
                      TermScope.teacherSide(
                          term.label(), teacher.taps(), studentTaps, taps, mounted.taps()))));
    }
    return new KnowledgeCache(folder)
        .provide(
            teacher,
            new AugmentedViews(pictures, augmentation, normalization),
            Precision.SINGLE,
            requests,
            listener);
  }

  /**
   * A network trained by cross-entropy, NST and KD.
   *
   * @param stored the knowledge of NST and of KD; the teacher is live when there is none
   * @param layers of NST; paired by size when there is none
   */
  NetworkGraph distilling(
      String student, Teacher teacher, List<KnowledgeFile> stored, String... layers) {
    List<Term> terms = new ArrayList<>(List.of(term("cross-entropy", 1)));
    List<Term> taught = List.of(nst(layers), term("kd", 1));
    for (int t = 0; t < taught.size(); t++) {
      Term term = taught.get(t);
      KnowledgeFile file = stored.isEmpty() ? null : stored.get(t);
      TeacherTerm teacherTerm =
          new TeacherTerm(TeacherTerm.ONLY_TEACHER, 1, term.teacherTerms().get(0).method(), file);
      terms.add(new Term(term.label(), term.weight(), List.of(teacherTerm)));
    }
    return training(student, teacher, terms);
  }

  private Term nst(String... layers) {
    String pairs =
        Arrays.stream(layers)
            .map(layer -> layer + ": " + layer)
            .collect(Collectors.joining(", ", "{", "}"));
    return term("nst, weight: 50" + (layers.length == 0 ? "" : ", layers: " + pairs));
  }

  /** A network trained by cross-entropy and these terms, each as a configuration names it. */
  NetworkGraph learning(String student, Teacher teacher, String... terms) {
    List<Term> objective = new ArrayList<>(List.of(term("cross-entropy", 1)));
    for (String text : terms) {
      objective.add(term(text));
    }
    return training(student, teacher, objective);
  }

  private NetworkGraph training(String student, @Nullable Teacher teacher, List<Term> terms) {
    return new NetworkGraph(
        new NetworkGraph.Blueprint(
            pictures.shape(),
            network(student),
            normalization,
            new ClassLabels(),
            new DistillationStep.Blueprint(
                teacher == null ? Map.of() : Map.of(TeacherTerm.ONLY_TEACHER, teacher),
                terms,
                OptimizerConfig.defaults(),
                pictures.size()),
            Settings.SEED));
  }

  /** A term as a configuration names it. */
  Term term(String text) {
    return TermText.read(reader, methods, text);
  }

  private Term term(String name, double weight) {
    return new Term(name, weight, methods.create(name, methods.defaults(name)));
  }

  /** The terms that {@link #distilling} uses, for the report. */
  String objective() {
    return "cross-entropy + 50 nst + 1 kd, each with its defaults";
  }

  private Network network(String name) {
    return networks.create(
        name, networks.defaults(name), pictures.shape(), pictures.classes().size());
  }

  /**
   * A teacher: the trained one where its weights are given, else an untrained network, which is as
   * much work.
   */
  Teacher teacher(String name) {
    Path npz = materials.npz();
    if (npz != null && name.equals("resnet-56")) {
      return new NetworkTeacher(
          name, network(name), pictures.shape(), normalization, () -> NpzFile.read(npz));
    }
    return teacherOf(name);
  }

  /**
   * What can be exported: with trained weights where they are given, else with what are as much
   * work.
   */
  TrainedNetwork classifier(String name) {
    return classifier(name, Map.of());
  }

  /**
   * The same with other numbers of filters, and then without trained weights.
   *
   * @param widths filters by the name of a convolution
   */
  TrainedNetwork classifier(String name, Map<String, Integer> widths) {
    Network network = network(name).withWidths(widths, name);
    Path npz = materials.npz();
    return new TrainedNetwork(
        network,
        pictures.shape(),
        normalization,
        npz != null && name.equals("resnet-56") && widths.isEmpty()
            ? NpzFile.read(npz)
            : generated(network),
        pictures.classes());
  }

  /**
   * First values, but for vectors, each of whose numbers is a little larger. As they are, biases
   * and offsets are zero, and TensorFlow leaves out what adds zeros, which no trained network has.
   */
  private Weights generated(Network network) {
    Weights first;
    try (ImageGraph graph = new ImageGraph(pictures.shape())) {
      Variables variables = new Variables(graph.tf(), "generated", Settings.SEED);
      network.build(
          Layers.evaluation(graph.tf(), variables), graph.normalised(graph.tf(), normalization));
      graph.initialize(variables.all());
      first = Weights.read("generated", graph, variables);
    }
    Random random = new Random(Settings.SEED);
    for (Weights.Array array : first.arrays().values()) {
      if (array.shape().numDimensions() == 1) {
        float[] values = array.values();
        for (int i = 0; i < values.length; i++) {
          values[i] += 0.01f + 0.1f * random.nextFloat();
        }
      }
    }
    return first;
  }

  /** The first pictures, one after another. */
  byte[] pixels(int count) {
    byte[] pixels = new byte[count * pictures.shape().bytes()];
    for (int i = 0; i < count; i++) {
      pictures.copyImage(i, pixels, i * pictures.shape().bytes());
    }
    return pixels;
  }

  private Teacher teacherOf(String name) {
    return NetworkTeacher.untrained(
        network(name), normalization, pictures.shape(), Settings.SEED + 1);
  }

  /** The teacher's forward pass in a graph of its own. */
  FrozenNetwork forward(Teacher teacher) {
    return new FrozenNetwork(pictures.shape(), teacher);
  }

  /** The usual augmentation with fixed views. */
  static Augmentation views(int count) {
    Augmentation usual = Augmentation.defaults();
    return new Augmentation(usual.cropPadding(), usual.flip(), usual.cutout(), count);
  }

  /** What a training run reads: shuffled, augmented, assembled ahead. */
  BatchStream stream() {
    return stream(Augmentation.defaults());
  }

  BatchStream stream(Augmentation augmentation) {
    return BatchStream.training(
        pictures, settings.batch(), augmentation, normalization, Settings.SEED);
  }
}
