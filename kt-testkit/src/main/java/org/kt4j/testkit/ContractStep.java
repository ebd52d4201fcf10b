package org.kt4j.testkit;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.TapShapes;
import org.kt4j.data.Augmentation;
import org.kt4j.data.BatchStream;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.cache.AugmentedViews;
import org.kt4j.engine.cache.FillListener;
import org.kt4j.engine.cache.KnowledgeCache;
import org.kt4j.engine.cache.KnowledgeFile;
import org.kt4j.engine.cache.KnowledgeRequest;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.cache.Views;
import org.kt4j.engine.experiment.OptimizerConfig;
import org.kt4j.engine.experiment.TermWeight;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.network.CifarResNetProvider;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.objective.TeacherTerm;
import org.kt4j.engine.objective.Term;
import org.kt4j.engine.objective.TermScope;
import org.kt4j.engine.step.DistillationStep;
import org.kt4j.engine.teacher.NetworkTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.imagelevel.ClassLabels;
import org.kt4j.imagelevel.NetworkGraph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/**
 * One step of a real training with a method as its only term: a ResNet-8 learns from another, which
 * has more channels and does not change, on four pictures of 16x16. Both have the taps {@code
 * stage1}, {@code stage2}, {@code stage3}, each also with {@code .pre-relu}, {@code pooled} and
 * {@code logits}.
 *
 * @param loss before the update
 * @param studentBefore the student's variables by name
 * @param studentAfter the same after the step
 * @param teacherBefore the teacher's variables by name
 * @param teacherAfter the same after the step
 */
record ContractStep(
    float loss,
    Map<String, HeapTensor> studentBefore,
    Map<String, HeapTensor> studentAfter,
    Map<String, HeapTensor> teacherBefore,
    Map<String, HeapTensor> teacherAfter) {

  private static final ImageShape SHAPE = new ImageShape(16, 16, 3);
  private static final int CLASSES = 3;
  private static final int PICTURES = 4;
  private static final int STUDENT_WIDTH = 4;
  private static final int TEACHER_WIDTH = 6;
  private static final Normalization NORMALIZATION =
      new Normalization(Collections.nCopies(3, 0.5), Collections.nCopies(3, 0.25));

  /** What every step has in common, made once. */
  private static final class Common {

    static final Teacher TEACHER =
        NetworkTeacher.untrained(resNet8(TEACHER_WIDTH), NORMALIZATION, SHAPE, 2);

    static final TapShapes STUDENT =
        NetworkTeacher.untrained(resNet8(STUDENT_WIDTH), NORMALIZATION, SHAPE, 1).taps();
  }

  /** What a step is made of, when it is made of a provider's defaults. */
  private record Defaults(Class<?> provider, Record options, boolean stored) {}

  private static final Map<Defaults, ContractStep> OF_DEFAULTS = new ConcurrentHashMap<>();

  /**
   * One step of SGD with a provider's default options. Nothing in it is random, so it is computed
   * once, however many options a contract is run with.
   */
  static <O extends Record> ContractStep ofDefaults(KnowledgeTransferProvider<O> provider) {
    O options = provider.defaults();
    return OF_DEFAULTS.computeIfAbsent(
        new Defaults(provider.getClass(), options, false), key -> of(provider.create(options)));
  }

  /**
   * The same step from stored knowledge, computed once too.
   *
   * @param folder for the file, if there is no step yet
   */
  static <O extends Record> ContractStep storedOfDefaults(
      KnowledgeTransferProvider<O> provider, Path folder) {
    O options = provider.defaults();
    return OF_DEFAULTS.computeIfAbsent(
        new Defaults(provider.getClass(), options, true),
        key -> stored(provider.create(options), folder));
  }

  /** Runs one step of SGD. */
  public static ContractStep of(KnowledgeTransfer method) {
    return of(new TeacherTerm(TeacherTerm.ONLY_TEACHER, 1, method));
  }

  /**
   * Runs the same step from knowledge that was written to a file before, in single precision.
   *
   * @param folder for the file
   * @throws IllegalArgumentException when the knowledge cannot be stored
   */
  public static ContractStep stored(KnowledgeTransfer method, Path folder) {
    Views views = new AugmentedViews(new Pictures(), Augmentation.none(), NORMALIZATION);
    Teacher teacher = Common.TEACHER;
    TapShapes student = Common.STUDENT;
    List<String> taps = method.taps(teacher.taps(), student).teacher();
    KnowledgeRequest request =
        new KnowledgeRequest(
            "term",
            "term",
            taps,
            (tf, mounted) ->
                method.teach(
                    tf,
                    TermScope.teacherSide("term", teacher.taps(), student, taps, mounted.taps())));
    KnowledgeFile file =
        new KnowledgeCache(folder)
            .provide(teacher, views, Precision.SINGLE, List.of(request), FillListener.SILENT)
            .get(0);
    return of(new TeacherTerm(TeacherTerm.ONLY_TEACHER, 1, method, file));
  }

  private static ContractStep of(TeacherTerm teacherTerm) {
    NetworkGraph.Blueprint blueprint =
        new NetworkGraph.Blueprint(
            SHAPE,
            resNet8(STUDENT_WIDTH),
            NORMALIZATION,
            new ClassLabels(),
            new DistillationStep.Blueprint(
                Map.of(TeacherTerm.ONLY_TEACHER, Common.TEACHER),
                List.of(new Term("term", TermWeight.of(1), List.of(teacherTerm))),
                OptimizerConfig.defaults(),
                PICTURES),
            1);
    try (NetworkGraph graph = new NetworkGraph(blueprint);
        BatchStream stream = BatchStream.evaluation(new Pictures(), PICTURES, NORMALIZATION)) {
      Map<String, HeapTensor> student = values(graph, graph.student().all());
      Map<String, HeapTensor> frozen = values(graph, graph.frozen());
      float loss = graph.step(stream.epoch(0, 0).next(), 0.1, 0).objective();
      return new ContractStep(
          loss,
          student,
          values(graph, graph.student().all()),
          frozen,
          values(graph, graph.frozen()));
    }
  }

  /** Noise. */
  private static final class Pictures implements ImageDataset {

    private final byte[] pixels = new byte[PICTURES * SHAPE.bytes()];

    Pictures() {
      new Random(3).nextBytes(pixels);
    }

    @Override
    public String name() {
      return "noise";
    }

    @Override
    public ImageShape shape() {
      return SHAPE;
    }

    @Override
    public List<String> classes() {
      return List.of("a", "b", "c");
    }

    @Override
    public int size() {
      return PICTURES;
    }

    @Override
    public int label(int index) {
      return index % CLASSES;
    }

    @Override
    public void copyImage(int index, byte[] target, int offset) {
      System.arraycopy(pixels, index * SHAPE.bytes(), target, offset, SHAPE.bytes());
    }
  }

  private static Network resNet8(int width) {
    CifarResNetProvider resNet = new CifarResNetProvider();
    CifarResNetProvider.Options options =
        new CifarResNetProvider.Options(8, width, resNet.defaults().shortcut());
    return resNet.create(options, SHAPE, CLASSES);
  }

  /** In one run: TensorFlow prepares the whole graph anew for whatever else is asked of it. */
  private static Map<String, HeapTensor> values(
      NetworkGraph graph, Collection<Variable> variables) {
    Map<String, HeapTensor> values = new LinkedHashMap<>();
    if (variables.isEmpty()) {
      return values;
    }
    Session.Runner runner = graph.graph().runner();
    variables.forEach(variable -> runner.fetch(variable.value()));
    try (Result result = runner.run()) {
      int i = 0;
      for (Variable variable : variables) {
        values.put(variable.name(), HeapTensor.copyOf((TFloat32) result.get(i++)));
      }
    }
    return values;
  }
}
