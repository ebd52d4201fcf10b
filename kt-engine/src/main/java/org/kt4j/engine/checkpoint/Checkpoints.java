package org.kt4j.engine.checkpoint;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.codec.digest.MessageDigestAlgorithms;
import org.apache.commons.io.FileUtils;
import org.apache.commons.io.file.PathUtils;
import org.kt4j.data.file.AtomicFiles;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.json.Json;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.TrainingException;
import org.kt4j.engine.teacher.Weights;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.Restore;
import org.tensorflow.types.TFloat32;

/**
 * The checkpoints of one run, in one folder:
 *
 * <pre>
 * epoch-0007/  variables.index  variables.data-00000-of-00001  manifest.json
 * last.json    {"checkpoint": "epoch-0007"}
 * best.json    {"checkpoint": "epoch-0005"}
 * </pre>
 */
public final class Checkpoints {

  /** Which of the two that are kept. */
  public enum Which {
    /** After the newest epoch. */
    LAST,
    /** After the epoch with the best score on the held-out pictures. */
    BEST;

    private String file() {
      return name().toLowerCase(Locale.ROOT) + ".json";
    }
  }

  private static final String MANIFEST = "manifest.json";

  @SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
  private record Entry(String path, Variable.Kind kind, long[] shape) {}

  private record Manifest(Progress progress, List<Entry> variables, Map<String, String> sha256) {}

  private record Pointer(String checkpoint) {}

  private final Path folder;

  /** The checkpoints in a folder, which need not exist yet. */
  public Checkpoints(Path folder) {
    this.folder = folder;
  }

  /** The checkpoints of a run. */
  public static Checkpoints of(Path run) {
    return new Checkpoints(RunFolder.checkpoints(run));
  }

  /**
   * The weights of a run's student.
   *
   * @throws TrainingException when the run has finished no epoch
   */
  public static Weights weightsOf(Path run, Which which) {
    return of(run)
        .read(which)
        .orElseThrow(
            () ->
                new TrainingException(
                    run + ": this run has finished no epoch yet; fix: train it first"))
        .student(run.toString());
  }

  /**
   * Writes a checkpoint, points {@code last} (and {@code best}, if asked) to it, and removes those
   * that nothing points to.
   *
   * @throws CheckpointException when the disk is full or not writable; what was there before is
   *     untouched
   */
  public void write(CheckpointWriter writer, Progress progress, boolean best) {
    String name = String.format(Locale.ROOT, "epoch-%04d", progress.epoch());
    Path target = folder.resolve(name);
    Path unfinished = AtomicFiles.beside(target);
    try {
      Files.createDirectories(folder);
      FileUtils.deleteDirectory(unfinished.toFile());
      Files.createDirectory(unfinished);
      writer.write(unfinished);
      Manifest manifest =
          new Manifest(
              progress,
              writer.variables().stream()
                  .map(v -> new Entry(v.path(), v.kind(), v.shape().asArray()))
                  .toList(),
              digests(unfinished));
      Files.writeString(unfinished.resolve(MANIFEST), Json.indented(manifest));
      AtomicFiles.replaceFolder(unfinished, target);
      point(Which.LAST, name);
      if (best) {
        point(Which.BEST, name);
      }
      removeUnused();
    } catch (IOException e) {
      throw new CheckpointException(
          target
              + ": the checkpoint could not be written ("
              + e
              + "); the run's earlier "
              + "checkpoints are untouched. Make room and start the same command again",
          e);
    }
  }

  /** Whether there is a checkpoint to go on from. */
  public boolean has(Which which) {
    return Files.exists(folder.resolve(which.file()));
  }

  /**
   * Reads a checkpoint; empty when there is none.
   *
   * @throws CheckpointException when it is not whole
   */
  public Optional<Checkpoint> read(Which which) {
    Path pointer = folder.resolve(which.file());
    if (!Files.exists(pointer)) {
      return Optional.empty();
    }
    Path checkpoint = folder;
    try {
      checkpoint = folder.resolve(Json.read(pointer, Pointer.class).checkpoint());
      Manifest manifest = Json.read(checkpoint.resolve(MANIFEST), Manifest.class);
      Map<String, String> found = digests(checkpoint);
      if (!found.equals(new TreeMap<>(manifest.sha256()))) {
        throw new CheckpointException(damaged(checkpoint, "its files are not what was written"));
      }
      return Optional.of(new Checkpoint(manifest.progress(), values(checkpoint, manifest)));
    } catch (JacksonException e) {
      throw new CheckpointException(damaged(checkpoint, e.getOriginalMessage()), e);
    } catch (IOException | TensorFlowException e) {
      throw new CheckpointException(damaged(checkpoint, e.toString()), e);
    }
  }

  private static String damaged(Path checkpoint, String why) {
    return checkpoint
        + ": the checkpoint is damaged: "
        + why
        + ". Restore it from a copy, or start over with --overwrite";
  }

  private static Map<String, Checkpoint.Saved> values(Path checkpoint, Manifest manifest) {
    List<Entry> entries = manifest.variables();
    Map<String, Checkpoint.Saved> values = new LinkedHashMap<>();
    try (Graph graph = NativeRuntime.newGraph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      String[] paths = entries.stream().map(Entry::path).toArray(String[]::new);
      String[] whole = Stream.generate(() -> "").limit(paths.length).toArray(String[]::new);
      Restore restore =
          tf.train.restore(
              tf.constant(checkpoint.resolve("variables").toString()),
              tf.array(paths),
              tf.array(whole),
              java.util.Collections.nCopies(paths.length, TFloat32.class));
      Session.Runner runner = session.runner();
      restore.tensors().forEach(runner::fetch);
      try (Result result = runner.run()) {
        for (int i = 0; i < paths.length; i++) {
          Entry entry = entries.get(i);
          values.put(
              entry.path(),
              new Checkpoint.Saved(
                  entry.kind(),
                  Shape.of(entry.shape()),
                  ImageGraph.floats((TFloat32) result.get(i))));
        }
      }
    }
    return values;
  }

  private void point(Which which, String name) throws IOException {
    AtomicFiles.write(folder.resolve(which.file()), Json.indented(new Pointer(name)));
  }

  /** Also what {@link #write} has replaced. */
  private void removeUnused() throws IOException {
    List<String> used = new java.util.ArrayList<>();
    for (Which which : Which.values()) {
      if (has(which)) {
        used.add(Json.read(folder.resolve(which.file()), Pointer.class).checkpoint());
      }
    }
    try (Stream<Path> all = Files.list(folder)) {
      for (Path path : all.filter(Files::isDirectory).toList()) {
        if (!used.contains(path.getFileName().toString())) {
          PathUtils.deleteDirectory(path);
        }
      }
    }
  }

  private static Map<String, String> digests(Path folder) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (!name.equals(MANIFEST)) {
          digests.put(name, new DigestUtils(MessageDigestAlgorithms.SHA_256).digestAsHex(file));
        }
      }
    }
    return digests;
  }
}
