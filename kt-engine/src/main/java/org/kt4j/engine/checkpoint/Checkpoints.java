package org.kt4j.engine.checkpoint;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.codec.digest.MessageDigestAlgorithms;
import org.kt4j.data.ReadFault;
import org.kt4j.data.file.AtomicFiles;
import org.kt4j.data.file.FileSteps;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.graph.TensorFlowFailure;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.json.Json;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.RunFolderException;
import org.kt4j.engine.teacher.Weights;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.Restore;
import org.tensorflow.types.TFloat32;

/**
 * The checkpoints of one run, in one folder:
 *
 * <pre>
 * epoch-0005/  epoch-0007/  variables.index  variables.data-00000-of-00001  manifest.json
 * last.json    {"checkpoint": "epoch-0007"}
 * </pre>
 *
 * The manifest of the last checkpoint says which epoch is the best one, so that both change in one
 * step: the renaming of {@code last.json}.
 */
public final class Checkpoints {

  /** Which of the two that are kept. */
  public enum Which {
    /** After the newest epoch. */
    LAST,
    /** After the epoch with the best score on the held-out pictures. */
    BEST
  }

  private static final String LAST = "last.json";

  /** Folders of older versions have it; {@link #LAST} says the same. */
  private static final String BEST_OF_OLDER = "best.json";

  private static final String MANIFEST = "manifest.json";

  private static final Pattern NAME = Pattern.compile("epoch-(\\d{4,9})");

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
   * @throws RunFolderException when the run has finished no epoch
   */
  public static Weights weightsOf(Path run, Which which) {
    Checkpoint checkpoint =
        of(run)
            .read(which)
            .orElseThrow(
                () ->
                    new RunFolderException(
                        RunFolder.result(run).isPresent()
                            ? run
                                + ": the run is complete, but its checkpoints are missing; fix:"
                                + " restore them from a copy, or train it again with --overwrite"
                            : run + ": this run has finished no epoch yet; fix: train it first"));
    requireOf(run, RunFolder.metrics(run, damaged -> {}), checkpoint.progress());
    return checkpoint.student(run.toString());
  }

  /**
   * Checks that a checkpoint belongs to the metrics of a run: both know the best score.
   *
   * @throws RunFolderException when it is of another run
   */
  public static void requireOf(Path run, List<EpochMetrics> metrics, Progress progress) {
    int best = progress.bestEpoch();
    if (best <= metrics.size()
        && metrics.get(best - 1).epoch() == best
        && metrics.get(best - 1).heldOutScore() != progress.bestScore()) {
      throw new RunFolderException(
          run
              + ": the checkpoints are of another run than metrics.jsonl: there the held-out score"
              + " of epoch "
              + best
              + " is "
              + metrics.get(best - 1).heldOutScore()
              + ", in the checkpoint "
              + progress.bestScore()
              + "; fix: restore the files of this run from a copy, or start over with --overwrite");
    }
  }

  /**
   * Writes a checkpoint, which becomes the last one, and removes those that are neither last nor
   * best.
   *
   * @param progress names the best one: this one, or one that is there
   * @throws CheckpointException when the disk is full or not writable; what was there before is
   *     untouched
   */
  public void write(CheckpointWriter writer, Progress progress) {
    String name = name(progress.epoch());
    Path target = folder.resolve(name);
    Path unfinished = AtomicFiles.beside(target);
    try {
      Files.createDirectories(folder);
      FileSteps.deleteTree(unfinished);
      Files.createDirectory(unfinished);
      writer.write(unfinished);
      Files.writeString(
          unfinished.resolve(MANIFEST),
          Json.indented(manifest(progress, writer.variables(), digests(unfinished))));
      AtomicFiles.replaceFolder(unfinished, target);
      AtomicFiles.write(folder.resolve(LAST), Json.indented(new Pointer(name)));
      removeAllBut(List.of(name, name(progress.bestEpoch())));
    } catch (IOException e) {
      throw new CheckpointException(
          target
              + ": the checkpoint could not be written ("
              + ReadFault.reason(e)
              + "); the run's earlier "
              + "checkpoints are untouched. Make room and start the same command again",
          e);
    }
  }

  private static String name(int epoch) {
    return String.format(Locale.ROOT, "epoch-%04d", epoch);
  }

  private static Manifest manifest(
      Progress progress, List<Variable> variables, Map<String, String> digests) {
    List<Entry> entries =
        variables.stream().map(v -> new Entry(v.path(), v.kind(), v.shape().asArray())).toList();
    Map<String, String> all = new TreeMap<>(digests);
    all.put(MANIFEST, digest(progress, entries));
    return new Manifest(progress, entries, all);
  }

  private static String digest(Progress progress, List<Entry> variables) {
    return DigestUtils.sha256Hex(Json.line(progress) + Json.line(variables));
  }

  /**
   * Reads a checkpoint; empty when there is none.
   *
   * @throws RunFolderException when it is not whole, or when what is there does not go together
   */
  public Optional<Checkpoint> read(Which which) {
    try {
      if (!Files.exists(folder.resolve(LAST))) {
        requireNone();
        return Optional.empty();
      }
      if (Files.exists(folder.resolve(BEST_OF_OLDER))) {
        pointed(BEST_OF_OLDER);
      }
      String last = pointed(LAST);
      Progress progress = manifest(last).progress();
      String best = name(progress.bestEpoch());
      Progress then = manifest(best).progress();
      if (then.bestEpoch() != progress.bestEpoch() || then.bestScore() != progress.bestScore()) {
        throw damaged(folder.resolve(best), "it is of another run than " + last);
      }
      return Optional.of(whole(which == Which.LAST ? last : best));
    } catch (IOException e) {
      throw damaged(folder, e);
    }
  }

  /**
   * Reads the last checkpoint to go on from it, and removes what a kill has left beside it and the
   * best one.
   *
   * @throws RunFolderException as {@link #read} does
   */
  public Optional<Checkpoint> resumed() {
    Optional<Checkpoint> last = read(Which.LAST);
    if (last.isPresent()) {
      Progress progress = last.get().progress();
      try {
        removeAllBut(List.of(name(progress.epoch()), name(progress.bestEpoch())));
      } catch (IOException e) {
        throw new CheckpointException(
            folder + ": old checkpoints cannot be removed: " + ReadFault.reason(e), e);
      }
    }
    return last;
  }

  /** The first epoch can have been stopped between its checkpoint and the file that names it. */
  private void requireNone() throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      Optional<String> other =
          files
              .map(path -> String.valueOf(path.getFileName()))
              .filter(each -> each.equals(BEST_OF_OLDER) || NAME.matcher(each).matches())
              .filter(each -> !each.equals(name(1)))
              .sorted()
              .findFirst();
      if (other.isPresent()) {
        throw damaged(folder.resolve(LAST), "it is missing, but " + other.get() + " is there");
      }
    }
  }

  /** The checkpoint that a file names. */
  private String pointed(String file) {
    Path path = folder.resolve(file);
    try {
      String name = Json.read(path, Pointer.class).checkpoint();
      if (name == null || !NAME.matcher(name).matches()) {
        throw damaged(path, "it names '" + name + "', which is no checkpoint such as epoch-0001");
      }
      return name;
    } catch (IOException e) {
      throw damaged(path, e);
    }
  }

  private Manifest manifest(String name) {
    Path checkpoint = folder.resolve(name);
    try {
      Manifest manifest = Json.read(checkpoint.resolve(MANIFEST), Manifest.class);
      Progress progress = manifest.progress();
      String digest = manifest.sha256().get(MANIFEST); // older versions wrote none
      if (!name(progress.epoch()).equals(name)
          || progress.bestEpoch() < 1
          || progress.bestEpoch() > progress.epoch()
          || (digest != null && !digest.equals(digest(progress, manifest.variables())))) {
        throw damaged(checkpoint, "its manifest is not what was written");
      }
      return manifest;
    } catch (IOException e) {
      throw damaged(checkpoint, e);
    }
  }

  private Checkpoint whole(String name) {
    Path checkpoint = folder.resolve(name);
    try {
      Manifest manifest = manifest(name);
      Map<String, String> written = new TreeMap<>(manifest.sha256());
      written.remove(MANIFEST);
      if (!digests(checkpoint).equals(written)) {
        throw damaged(checkpoint, "its files are not what was written");
      }
      return new Checkpoint(checkpoint, manifest.progress(), values(checkpoint, manifest));
    } catch (IOException e) {
      throw damaged(checkpoint, e);
    } catch (RuntimeException e) {
      throw damaged(checkpoint, TensorFlowFailure.reason(e));
    }
  }

  private static RunFolderException damaged(Path checkpoint, IOException e) {
    String why =
        e instanceof JacksonException json
            ? json.getOriginalMessage()
            : e instanceof NoSuchFileException missing
                ? missing.getFile() + " is missing"
                : ReadFault.reason(e);
    return new RunFolderException(message(checkpoint, why), e);
  }

  private static RunFolderException damaged(Path checkpoint, String why) {
    return new RunFolderException(message(checkpoint, why));
  }

  private static String message(Path checkpoint, String why) {
    return checkpoint
        + ": the checkpoint is damaged: "
        + why
        + ". Restore it from a copy, or start over with --overwrite";
  }

  private static Map<String, Checkpoint.Saved> values(Path checkpoint, Manifest manifest) {
    List<Entry> entries = manifest.variables();
    Map<String, Checkpoint.Saved> values = new LinkedHashMap<>();
    try (Graph graph = NativeRuntime.newGraph();
        Session session = new Session(graph, NativeRuntime.unoptimised())) {
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

  /** Also what {@link #write} has replaced. */
  private void removeAllBut(List<String> names) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      for (Path path : all.sorted().toList()) {
        String name = path.getFileName().toString();
        if (Files.isDirectory(path) ? !names.contains(name) : name.equals(BEST_OF_OLDER)) {
          FileSteps.deleteTree(path);
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
