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
import org.kt4j.engine.replica.Replicas;
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

  /** A block on its way. */
  private record Block(int at, int pictures, int firstIndex, int lastIndex) {}

  /**
   * Computes what is missing and writes it, block by block. Several workers compute a block each at
   * a time, and give what they have computed to those that write.
   *
   * @param written the files that this worker writes; what they miss is wanted
   * @param all the files that any worker writes, in the same order in each
   */
  void fill(List<FileStock> written, List<FileStock> all, Replicas replicas, FillListener listener)
      throws IOException {
    List<BitSet> wanted = new ArrayList<>();
    BitSet any = new BitSet();
    for (FileStock part : all) {
      BitSet missing = replicas.any(written.contains(part) ? part.missing() : new BitSet());
      wanted.add(missing);
      any.or(missing);
    }
    if (any.isEmpty()) {
      return;
    }
    mounted.load();
    int perView = all.get(0).blocksPerView();
    long total = any.stream().mapToLong(at -> all.get(0).pictures(at)).sum();
    long began = System.nanoTime();
    long done = 0;
    try (Views.Reader reader = views.open(KnowledgeFile.BLOCK)) {
      for (FileStock part : written) {
        part.openForWriting();
      }
      Iterator<Batch> batches = Collections.emptyIterator();
      int following = -1;
      List<Block> round = new ArrayList<>();
      List<byte[]> own = List.of();
      for (int at = any.nextSetBit(0); at >= 0; at = any.nextSetBit(at + 1)) {
        if (at != following || at % perView == 0) {
          batches = reader.view(at / perView, at % perView);
        }
        following = at + 1;
        Batch batch = batches.next();
        if (round.size() == replicas.rank()) {
          own = block(at, batch, all, wanted);
        }
        round.add(
            new Block(at, batch.size(), batch.indices()[0], batch.indices()[batch.size() - 1]));
        if (round.size() == replicas.count() || any.nextSetBit(at + 1) < 0) {
          exchange(round, own, written, all, wanted, replicas);
          for (Block each : round) {
            done += each.pictures();
          }
          round.clear();
          own = List.of();
          listener.filling(done, total, (System.nanoTime() - began) / 1e9);
        }
      }
    } finally {
      for (FileStock part : written) {
        part.close();
      }
    }
  }

  /** Gives what this worker has computed to all, and writes what comes from all. */
  private void exchange(
      List<Block> round,
      List<byte[]> own,
      List<FileStock> written,
      List<FileStock> all,
      List<BitSet> wanted,
      Replicas replicas)
      throws IOException {
    for (int p = 0; p < all.size(); p++) {
      FileStock part = all.get(p);
      List<byte[]> rows = replicas.all(own.isEmpty() ? new byte[0] : own.get(p));
      for (int r = 0; r < round.size(); r++) {
        Block block = round.get(r);
        if (wanted.get(p).get(block.at())) {
          if (!precision.isFinite(rows.get(r))) {
            throw notFinite(part, block);
          }
          if (written.contains(part) && part.lacks(block.at())) {
            part.write(block.at(), rows.get(r));
          }
        }
      }
    }
  }

  /** The rows of a block, of each part in their order; none where they are not wanted. */
  private List<byte[]> block(int at, Batch batch, List<FileStock> all, List<BitSet> wanted) {
    List<Tensor> opened = List.of();
    try (TUint8 pixels = graph.tensor(batch.images(), batch.size())) {
      Session.Runner runner = graph.runner().feed(graph.images(), pixels);
      opened = mounted.feed(runner, pixels);
      for (int p = 0; p < all.size(); p++) {
        if (wanted.get(p).get(at)) {
          runner.fetch(all.get(p).rows());
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

  private CacheException notFinite(FileStock part, Block block) {
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
    graph.close();
  }
}
