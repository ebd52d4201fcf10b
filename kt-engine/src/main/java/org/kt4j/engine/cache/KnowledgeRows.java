package org.kt4j.engine.cache;

import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
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

/** A teacher and the knowledge that its terms want of it, in one graph. */
final class KnowledgeRows implements RowSource {

  /** Raised when the same key would mean other numbers. */
  private static final int FORMAT = 1;

  private final Views views;
  private final Precision precision;
  private final ImageGraph graph;
  private final MountedTeacher mounted;
  private final List<FileStock> parts = new ArrayList<>();
  private final Map<Path, Operand<TFloat32>> rowsOf = new HashMap<>();
  private Views.@Nullable Reader reader;
  private Iterator<Batch> batches = Collections.emptyIterator();
  private @Nullable Batch batch;
  private int following = -1;

  /**
   * Builds the graph and finds out which file each answer goes to; computes nothing.
   *
   * @param folder of the files
   */
  KnowledgeRows(
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
      Fingerprint shared =
          new Fingerprint()
              .add(FORMAT)
              .add(TensorFlow.version())
              .add(ByteOrder.nativeOrder())
              .add(precision)
              .add(teacher.fingerprint())
              .add(views.fingerprint());
      if (teacher.dependsOnReads()) {
        taps.stream().sorted().forEach(shared::add);
      }
      String common = shared.hex();
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
        FileStock part = new FileStock(folder, requests.get(q).label(), description, views.count());
        parts.add(part);
        rowsOf.put(part.path(), rows.get(q));
      }
    } catch (RuntimeException | Error e) {
      graph.close();
      throw e;
    }
  }

  /** One for each request, in their order. */
  @Override
  public List<FileStock> parts() {
    return parts;
  }

  @Override
  public void begin() {
    if (reader == null) {
      mounted.load();
      reader = views.open(KnowledgeFile.BLOCK);
    }
  }

  @Override
  public Block next(int at) {
    int perView = KnowledgeFile.blocksPerView(views.pictures());
    if (at != following || at % perView == 0) {
      batches = Objects.requireNonNull(reader).view(at / perView, at % perView);
    }
    following = at + 1;
    batch = batches.next();
    return new Block(at, batch.size(), batch.indices()[0], batch.indices()[batch.size() - 1]);
  }

  @Override
  public List<byte[]> rows(Block block, List<FileStock> all, List<BitSet> wanted) {
    int at = block.at();
    Batch pictures = Objects.requireNonNull(batch);
    List<Tensor> opened = List.of();
    try (TUint8 pixels = graph.tensor(pictures.images(), pictures.size())) {
      Session.Runner runner = graph.runner().feed(graph.images(), pixels);
      opened = mounted.feed(runner, pixels);
      for (int p = 0; p < all.size(); p++) {
        if (wanted.get(p).get(at)) {
          runner.fetch(Objects.requireNonNull(rowsOf.get(all.get(p).path())));
        }
      }
      List<byte[]> rows = new ArrayList<>();
      try (Result result = runner.run()) {
        int fetched = 0;
        for (int p = 0; p < all.size(); p++) {
          rows.add(
              wanted.get(p).get(at)
                  ? precision.bytes((TFloat32) result.get(fetched++))
                  : new byte[0]);
        }
      }
      return rows;
    } finally {
      opened.forEach(Tensor::close);
    }
  }

  @Override
  public CacheException notFinite(FileStock part, Block block) {
    return new CacheException(
        "term '"
            + part.label()
            + "': its knowledge of the pictures "
            + block.firstIndex()
            + " to "
            + block.lastIndex()
            + " holds a number that is not finite"
            + (precision == Precision.HALF
                ? ", at least in half precision, which ends at 65504; fix: cache.precision: single"
                : "; the teacher gives none there, with or without a cache"));
  }

  @Override
  public void close() {
    Views.Reader open = reader;
    if (open != null) {
      open.close();
    }
    graph.close();
  }
}
