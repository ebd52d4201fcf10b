package org.kt4j.benchmarks;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.data.Augmentation;
import org.kt4j.engine.data.BatchStream;
import org.kt4j.engine.data.ImageDataset;
import org.kt4j.engine.data.Normalization;
import org.kt4j.engine.experiment.OptimizerConfig;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.registry.Datasets;
import org.kt4j.engine.registry.Methods;
import org.kt4j.engine.registry.Networks;
import org.kt4j.engine.teacher.FrozenClassifier;
import org.kt4j.engine.teacher.NetworkTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.training.Lesson;
import org.kt4j.engine.training.Term;
import org.kt4j.engine.training.TrainingGraph;

/** What the sections build their subjects from: the data, the networks and the objectives. */
final class Workbench {

  /** Low, so that a student of an untrained teacher stays finite however long it is measured. */
  static final double LEARNING_RATE = 1e-3;

  private final Settings settings;
  private final Methods methods;
  private final Networks networks;
  private final ImageDataset pictures;
  private final Normalization normalization;

  Workbench(Settings settings) {
    this.settings = settings;
    Injector injector = Guice.createInjector(KtModule.fromClassPath());
    methods = injector.getInstance(Methods.class);
    networks = injector.getInstance(Networks.class);
    Datasets datasets = injector.getInstance(Datasets.class);
    pictures = datasets.open("shapes", datasets.defaults("shapes")).train();
    normalization = datasets.provider("shapes").defaultNormalization();
  }

  Settings settings() {
    return settings;
  }

  /** As the settings say. */
  Rounds rounds() {
    return new Rounds(settings.warmUp(), settings.rounds(), settings.calls());
  }

  /** A network trained by cross-entropy alone. */
  TrainingGraph alone(String student) {
    return training(student, null, List.of(term("cross-entropy", 1)));
  }

  /** A network trained by cross-entropy, NST and KD. */
  TrainingGraph distilling(String student, Teacher teacher) {
    return training(
        student, teacher, List.of(term("cross-entropy", 1), term("nst", 50), term("kd", 1)));
  }

  /** A network trained by cross-entropy and these terms with their defaults. */
  TrainingGraph learning(String student, Teacher teacher, String... terms) {
    List<Term> objective = new ArrayList<>(List.of(term("cross-entropy", 1)));
    for (String name : terms) {
      objective.add(term(name, 1));
    }
    return training(student, teacher, objective);
  }

  private TrainingGraph training(String student, @Nullable Teacher teacher, List<Term> terms) {
    return new TrainingGraph(
        new TrainingGraph.Blueprint(
            pictures.shape(),
            pictures.classes().size(),
            network(student),
            normalization,
            teacher == null ? Map.of() : Map.of(Lesson.ONLY_TEACHER, teacher),
            terms,
            OptimizerConfig.defaults(),
            Settings.SEED,
            0));
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

  /** An untrained network as a teacher: what it computes is as much work as what it would know. */
  Teacher teacher(String name) {
    return NetworkTeacher.untrained(
        network(name), normalization, pictures.shape(), Settings.SEED + 1);
  }

  /** The teacher's forward pass in a graph of its own. */
  FrozenClassifier forward(Teacher teacher) {
    return new FrozenClassifier(pictures.shape(), teacher);
  }

  /** What a training run reads: shuffled, augmented, assembled ahead. */
  BatchStream stream() {
    return BatchStream.training(
        pictures, settings.batch(), Augmentation.defaults(), normalization, Settings.SEED);
  }
}
