package org.kt4j.engine.cache;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Knowledge;
import org.kt4j.engine.data.Batch;
import org.kt4j.engine.data.BatchStream;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.teacher.MountedTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * A teacher and the knowledge that its terms want of it, in one graph; computes what is missing.
 */
final class KnowledgeFill implements AutoCloseable {

  private final Teacher teacher;
  private final Views views;
  private final Precision precision;
  private final ImageGraph graph;
  private final MountedTeacher mounted;
  private final List<Part> parts = new ArrayList<>();

  KnowledgeFill(Teacher teacher, Views views, Precision precision, List<Question> questions) {
    this.teacher = teacher;
    this.views = views;
    this.precision = precision;
    this.graph = new ImageGraph(views.pictures().shape());
    try {
      Ops tf = graph.tf();
      List<String> taps =
          questions.stream().flatMap(question -> question.taps().stream()).distinct().toList();
      mounted = teacher.mount(graph, "teacher", taps);
      for (int q = 0; q < questions.size(); q++) {
        Question question = questions.get(q);
        Ops scope = tf.withSubScope("knowledge-" + q);
        Knowledge knowledge = question.teach().apply(scope, mounted);
        KnowledgeLayout layout = KnowledgeLayout.of(knowledge);
        KnowledgeFile.slotBytes(layout, precision); // Refuses what is too large.
        Operand<TFloat32> rows = layout.packed(scope, knowledge);
        parts.add(new Part(question, layout, rows));
      }
      GraphDigest digest = new GraphDigest(graph.graph());
      parts.forEach(part -> part.digest = digest.of(part.rows.asOutput()));
    } catch (RuntimeException | Error e) {
      graph.close();
      throw e;
    }
  }

  /** One for each question. */
  List<Part> parts() {
    return parts;
  }

  KnowledgeFile.Description description(Part part, String key) {
    return new KnowledgeFile.Description(
        key,
        part.question.term(),
        teacher.source(),
        views.pictures().name(),
        views.drawn(),
        views.pictures().size(),
        precision,
        part.layout);
  }

  /** One file and how its rows are computed. */
  final class Part {

    private final Question question;
    private final KnowledgeLayout layout;
    private final Operand<TFloat32> rows;
    private String digest = "";
    private @Nullable Path path;
    private KnowledgeFile.@Nullable Description description;
    private @Nullable KnowledgeFile file;
    private BitSet missing = new BitSet();
    private int damaged;

    private Part(Question question, KnowledgeLayout layout, Operand<TFloat32> rows) {
      this.question = question;
      this.layout = layout;
      this.rows = rows;
    }

    Question question() {
      return question;
    }

    String digest() {
      return digest;
    }

    void describedAs(Path where, KnowledgeFile.Description what) {
      path = where;
      description = what;
    }

    Path path() {
      return Objects.requireNonNull(path);
    }

    KnowledgeFile file() {
      return Objects.requireNonNull(file);
    }

    /** Finds out what is missing. */
    void look() throws IOException {
      file = opened();
      missing = new BitSet();
      damaged = 0;
      KnowledgeFile there = file;
      if (there != null) {
        int blocks = views.count() * there.blocksPerView();
        KnowledgeFile.Blocks found = there.blocks(views.count());
        missing.set(0, blocks);
        missing.andNot(found.good());
        damaged = found.damaged().cardinality();
      }
    }

    /** A file whose description is damaged counts as none: nobody can say what it holds. */
    private @Nullable KnowledgeFile opened() throws IOException {
      if (!Files.exists(path())) {
        return null;
      }
      try {
        KnowledgeFile there = KnowledgeFile.open(path());
        return there.description().key().equals(Objects.requireNonNull(description).key())
            ? there
            : null;
      } catch (CacheException e) {
        return null;
      }
    }

    boolean isWhole() {
      return file != null && missing.isEmpty();
    }

    void createIfAbsent() throws IOException {
      if (file == null) {
        file = KnowledgeFile.create(path(), Objects.requireNonNull(description));
        missing.set(0, views.count() * file().blocksPerView());
      }
    }

    long missingBytes() {
      return file().bytesOf(missing.cardinality());
    }

    FillListener.Stock stock() {
      int blocks = views.count() * file().blocksPerView();
      return new FillListener.Stock(
          file(), views.count(), missing.cardinality(), damaged, blocks, file().bytesOf(blocks));
    }
  }

  /** Computes what these parts miss and writes it, block by block. */
  void fill(List<Part> lacking, FillListener listener) throws IOException {
    BitSet wanted = new BitSet();
    lacking.forEach(part -> wanted.or(part.missing));
    if (wanted.isEmpty()) {
      return;
    }
    mounted.load();
    int perView = lacking.get(0).file().blocksPerView();
    long total =
        wanted.stream().mapToLong(at -> lacking.get(0).file().pictures(at % perView)).sum();
    long began = System.nanoTime();
    long done = 0;
    List<FileChannel> channels = new ArrayList<>();
    try (BatchStream stream = views.stream(KnowledgeFile.BLOCK)) {
      for (Part part : lacking) {
        channels.add(FileChannel.open(part.path(), StandardOpenOption.WRITE));
      }
      for (int view = 0; view < views.count(); view++) {
        int end = (view + 1) * perView;
        int at = wanted.nextSetBit(view * perView);
        if (at < 0 || at >= end) {
          continue;
        }
        Iterator<Batch> batches = stream.epoch(view, at - view * perView);
        for (; at < end && wanted.nextSetBit(at) >= 0; at++) {
          Batch batch = batches.next();
          if (wanted.get(at)) {
            block(at, batch, lacking, channels);
            done += batch.size();
            listener.filling(done, total, (System.nanoTime() - began) / 1e9);
          }
        }
      }
      for (FileChannel channel : channels) {
        channel.force(true);
      }
    } finally {
      for (FileChannel channel : channels) {
        channel.close();
      }
    }
  }

  private void block(int at, Batch batch, List<Part> lacking, List<FileChannel> channels)
      throws IOException {
    List<Part> asked = lacking.stream().filter(part -> part.missing.get(at)).toList();
    List<Tensor> opened = List.of();
    try (TUint8 pixels = graph.tensor(batch.images(), batch.size())) {
      Session.Runner runner = graph.session().runner().feed(graph.images(), pixels);
      opened = mounted.feed(runner, pixels);
      for (Part part : asked) {
        runner.fetch(part.rows);
      }
      try (Result result = runner.run()) {
        for (int p = 0; p < asked.size(); p++) {
          Part part = asked.get(p);
          byte[] bytes = precision.bytes((TFloat32) result.get(p));
          if (!precision.isFinite(bytes)) {
            throw notFinite(part, batch);
          }
          part.file().write(channels.get(lacking.indexOf(part)), at, bytes);
          part.missing.clear(at);
        }
      }
    } finally {
      opened.forEach(Tensor::close);
    }
  }

  private CacheException notFinite(Part part, Batch batch) {
    return new CacheException(
        "term '"
            + part.question.label()
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
