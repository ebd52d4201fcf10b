package org.kt4j.engine.cache;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.kt4j.api.Knowledge;
import org.kt4j.data.Batch;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.teacher.Fingerprint;
import org.kt4j.engine.teacher.MountedTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.TensorFlow;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * A teacher and the knowledge that its terms want of it, in one graph; computes what is missing.
 */
final class KnowledgeFill implements AutoCloseable {

  /** Raised when the same key would mean other numbers. */
  private static final int FORMAT = 1;

  private final Views views;
  private final Precision precision;
  private final ImageGraph graph;
  private final MountedTeacher mounted;
  private final List<FileStock> parts = new ArrayList<>();

  /**
   * Builds the graph and finds out which file each answer goes to; computes nothing.
   *
   * @param folder of the files
   */
  KnowledgeFill(
      Path folder,
      Teacher teacher,
      Views views,
      Precision precision,
      List<KnowledgeRequest> requests) {
    this.views = views;
    this.precision = precision;
    this.graph = new ImageGraph(views.shape());
    try {
      Ops tf = graph.tf();
      List<String> taps =
          requests.stream().flatMap(request -> request.taps().stream()).distinct().toList();
      mounted = teacher.mount(graph, "teacher", taps);
      List<KnowledgeLayout> layouts = new ArrayList<>();
      List<Operand<TFloat32>> rows = new ArrayList<>();
      for (int q = 0; q < requests.size(); q++) {
        Ops scope = tf.withSubScope("knowledge-" + q);
        Knowledge knowledge = requests.get(q).teach().apply(scope, mounted);
        KnowledgeLayout layout = KnowledgeLayout.of(knowledge);
        KnowledgeFile.slotBytes(layout, precision); // Refuses what is too large.
        layouts.add(layout);
        rows.add(layout.packed(scope, knowledge));
      }
      String common =
          new Fingerprint()
              .add(FORMAT)
              .add(TensorFlow.version())
              .add(ByteOrder.nativeOrder())
              .add(precision)
              .add(teacher.fingerprint())
              .add(views.fingerprint())
              .hex();
      GraphDigest digest = new GraphDigest(graph.graph());
      for (int q = 0; q < requests.size(); q++) {
        KnowledgeFile.Description description =
            new KnowledgeFile.Description(
                new Fingerprint().add(common).add(digest.of(rows.get(q).asOutput())).hex(),
                requests.get(q).term(),
                teacher.source(),
                views.name(),
                views.drawn(),
                views.pictures(),
                precision,
                layouts.get(q));
        parts.add(
            new FileStock(
                folder, requests.get(q).label(), description, rows.get(q), views.count()));
      }
    } catch (RuntimeException | Error e) {
      graph.close();
      throw e;
    }
  }

  /** One for each request, in their order. */
  List<FileStock> parts() {
    return parts;
  }

  /** Computes what these parts miss and writes it, block by block. */
  void fill(List<FileStock> lacking, FillListener listener) throws IOException {
    BitSet wanted = new BitSet();
    lacking.forEach(part -> wanted.or(part.missing()));
    if (wanted.isEmpty()) {
      return;
    }
    mounted.load();
    int perView = lacking.get(0).blocksPerView();
    long total = wanted.stream().mapToLong(at -> lacking.get(0).pictures(at)).sum();
    long began = System.nanoTime();
    long done = 0;
    try (Views.Reader reader = views.open(KnowledgeFile.BLOCK)) {
      for (FileStock part : lacking) {
        part.openForWriting();
      }
      Iterator<Batch> batches = Collections.emptyIterator();
      int following = -1;
      for (int at = wanted.nextSetBit(0); at >= 0; at = wanted.nextSetBit(at + 1)) {
        if (at != following || at % perView == 0) {
          batches = reader.view(at / perView, at % perView);
        }
        following = at + 1;
        Batch batch = batches.next();
        block(at, batch, lacking);
        done += batch.size();
        listener.filling(done, total, (System.nanoTime() - began) / 1e9);
      }
    } finally {
      for (FileStock part : lacking) {
        part.close();
      }
    }
  }

  private void block(int at, Batch batch, List<FileStock> lacking) throws IOException {
    List<FileStock> asked = lacking.stream().filter(part -> part.lacks(at)).toList();
    List<Tensor> opened = List.of();
    try (TUint8 pixels = graph.tensor(batch.images(), batch.size())) {
      Session.Runner runner = graph.session().runner().feed(graph.images(), pixels);
      opened = mounted.feed(runner, pixels);
      for (FileStock part : asked) {
        runner.fetch(part.rows());
      }
      try (Result result = runner.run()) {
        for (int p = 0; p < asked.size(); p++) {
          byte[] rows = precision.bytes((TFloat32) result.get(p));
          if (!precision.isFinite(rows)) {
            throw notFinite(asked.get(p), batch);
          }
          asked.get(p).write(at, rows);
        }
      }
    } finally {
      opened.forEach(Tensor::close);
    }
  }

  private CacheException notFinite(FileStock part, Batch batch) {
    return new CacheException(
        "term '"
            + part.label()
            + "': its knowledge of the pictures "
            + batch.indices()[0]
            + " to "
            + batch.indices()[batch.size() - 1]
            + " holds a number that is not finite"
            + (precision == Precision.HALF
                ? ", at least in half precision, which ends at 65504; fix: cache.precision: single"
                : "; the teacher gives none there, with or without a cache"));
  }

  @Override
  public void close() {
    graph.close();
  }
}
