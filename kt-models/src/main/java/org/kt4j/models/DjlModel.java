package org.kt4j.models;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.NearestName;
import org.kt4j.data.RegularFile;
import org.kt4j.engine.model.ModelException;
import org.kt4j.engine.model.SavedModelFile;

/**
 * A trained model in a file, run by an engine of DJL. Not safe for several threads.
 *
 * <p>What the outputs are called:
 *
 * <ul>
 *   <li>ONNX: by the names that the file lists, or that of any internal tensor, which is what a
 *       node of the graph computes. Subgraphs of {@code If} and {@code Loop} are not looked into.
 *   <li>SavedModel: by the keys of the signature {@code serving_default}.
 *   <li>TorchScript: what {@code forward} returns is one tensor, called {@code 0}; a tuple or list,
 *       whose parts are called {@code 0}, {@code 1} and so on, those of nested ones counted
 *       through; or a dictionary of tensors, called by its keys. Which it is shows only when it has
 *       run, so that {@link #run} is where an unknown name is found out.
 * </ul>
 *
 * <p>Numbers go in and come out as float32, whatever an ONNX model has: {@link FedNumbers} and
 * {@link FloatOutputs} convert them.
 *
 * <p>ONNX models and SavedModels that were exported for a fixed batch size are run in chunks of
 * that size, the last one filled up with zeros, and the results are joined.
 */
public final class DjlModel implements AutoCloseable {

  private final Path file;
  private final ModelEngine engine;
  private final Model model;
  private final @Nullable ModelInput input;
  private final List<String> outputs;

  /** What the engine calls the outputs, where it is not as the caller does. */
  private final Map<String, String> computedAs;

  private final @Nullable OnnxFile onnx;
  private final FedNumbers fed;

  private List<String> known;

  /** Owns the arrays of the last run, some of whose memory the caller may be reading. */
  private @Nullable NDManager last;

  /** Results of chunks, by index of the output, kept from run to run. */
  private final Map<Integer, ByteBuffer> joined = new LinkedHashMap<>();

  private boolean closed;

  /**
   * A result.
   *
   * @param shape its axes, the batch first in every sensible model
   * @param values float32, row-major, in native order from position 0 to the limit; valid until the
   *     next run or the end of the model. Direct where the engine gives access to its memory
   *     (PyTorch); ONNX Runtime's and TensorFlow's are copied by DJL, once, to the heap
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
  public record Output(long[] shape, ByteBuffer values) {}

  private DjlModel(
      Path file,
      ModelEngine engine,
      Model model,
      @Nullable ModelInput input,
      List<String> outputs,
      List<String> known,
      Map<String, String> computedAs,
      @Nullable OnnxFile onnx) {
    this.file = file;
    this.engine = engine;
    this.model = model;
    this.input = input;
    this.outputs = outputs;
    this.known = known;
    this.computedAs = computedAs;
    this.onnx = onnx;
    this.fed = new FedNumbers(input == null ? ModelInput.FLOAT32 : input.type());
  }

  /**
   * Opens a model and starts its engine.
   *
   * @param file the model's file, or the folder of a SavedModel
   * @param engine usually {@link ModelEngine#of}
   * @param input name of the model's input; null when it has just one, and for TorchScript, which
   *     does not name it
   * @param outputs in the order in which {@link #run} gives them
   * @throws ModelException when the file is missing or cannot be read, the engine is not on the
   *     class path, the model has no such input or output, it needs more than one input, or one of
   *     another type than float32 and, of ONNX, float16, float64 and uint8; when an output that is
   *     named holds whole numbers that no scale belongs to
   */
  public static DjlModel open(
      Path file, ModelEngine engine, @Nullable String input, List<String> outputs) {
    if (!Files.exists(file)) {
      throw new ModelException(file, "there is no such file");
    }
    if (RegularFile.isOther(file) && !Files.isDirectory(file)) {
      throw new ModelException(file, "is no regular file; allowed: a file, or a SavedModel");
    }
    if (engine == ModelEngine.PYTORCH) {
      TorchScriptFile.require(file);
    }
    EngineStart.start(engine, file);
    List<String> wanted = List.copyOf(outputs);
    return switch (engine) {
      case ONNX_RUNTIME -> openOnnx(file, input, wanted);
      case PYTORCH -> openTorchScript(file, input, wanted);
      case TENSORFLOW -> openSavedModel(file, input, wanted);
    };
  }

  private static DjlModel openOnnx(Path file, @Nullable String name, List<String> wanted) {
    OnnxFile onnx = OnnxFile.read(file);
    ModelInput input = ModelInput.pick(file, onnx.inputs(), name, ModelInput.FED_TO_ONNX);
    List<String> added = new ArrayList<>(onnx.unlisted(wanted));
    try {
      FloatOutputs floats = new FloatOutputs(Map.of(), List.of());
      if (OnnxContent.mayGiveOthers(onnx, wanted)) {
        floats =
            FloatOutputs.of(file, onnx.structure(), OnnxSession.types(file, onnx, wanted, added));
        for (String computed : floats.names().values()) {
          if (!onnx.outputs().contains(computed) && !added.contains(computed)) {
            added.add(computed);
          }
        }
      }
      Model model = OnnxSession.load(file, onnx, added, floats.operations());
      return new DjlModel(
          file,
          ModelEngine.ONNX_RUNTIME,
          model,
          input,
          wanted,
          onnx.outputs(),
          floats.names(),
          onnx);
    } catch (ModelException e) {
      throw e;
    } catch (IOException | MalformedModelException | RuntimeException e) {
      String content = OnnxContent.described(onnx);
      String fix =
          content.endsWith(", " + ModelInput.FLOAT32)
              ? "export the model anew"
              : "export the model anew, or in float32 (this one is: " + content + ")";
      throw notLoaded(file, ModelEngine.ONNX_RUNTIME, fix, e);
    }
  }

  private static DjlModel openSavedModel(Path file, @Nullable String name, List<String> wanted) {
    Path absolute = file.toAbsolutePath();
    Path parent = absolute.getParent();
    Path folder = Files.isDirectory(absolute) || parent == null ? absolute : parent;
    SavedModelSignature saved = SavedModelSignature.read(folder);
    ModelInput input = ModelInput.pick(folder, saved.inputs(), name, List.of(ModelInput.FLOAT32));
    for (String output : wanted) {
      if (!saved.outputs().contains(output)) {
        throw new ModelException(file, NearestName.unknown("output", output, saved.outputs()));
      }
    }
    Model model =
        load(
            folder,
            SavedModelFile.FILE,
            ModelEngine.TENSORFLOW,
            Map.of("Tags", SavedModelFile.TAG, "SignatureDefKey", SavedModelFile.SIGNATURE),
            "export the model anew, with its folder 'variables'");
    return new DjlModel(
        file, ModelEngine.TENSORFLOW, model, input, wanted, saved.outputs(), Map.of(), null);
  }

  private static DjlModel openTorchScript(Path file, @Nullable String name, List<String> wanted) {
    if (name != null) {
      throw new ModelException(
          file,
          "the input is named '" + name + "', but TorchScript does not name it; fix: leave it out");
    }
    Model model =
        load(
            file,
            null,
            ModelEngine.PYTORCH,
            Map.of(),
            "save the model by torch.jit.trace(...).save(file); a file of weights alone is no model");
    return new DjlModel(file, ModelEngine.PYTORCH, model, null, wanted, List.of(), Map.of(), null);
  }

  private static Model load(
      Path path, @Nullable String prefix, ModelEngine engine, Map<String, ?> options, String fix) {
    Model model = Model.newInstance(path.toString(), Device.cpu(), engine.djlName());
    try {
      model.load(path, prefix, options);
      return model;
    } catch (IOException | MalformedModelException | RuntimeException e) {
      model.close();
      throw notLoaded(path, engine, fix, e);
    }
  }

  private static ModelException notLoaded(
      Path file, ModelEngine engine, String fix, Exception failure) {
    return new ModelException(
        file,
        "DJL's "
            + engine.djlName()
            + " engine cannot load it ("
            + ModelException.reason(failure)
            + "); fix: "
            + fix,
        failure);
  }

  /**
   * Runs the model once.
   *
   * @param values direct, native order, float32, row-major, from its position to its limit; read
   *     only during the call
   * @param shape its axes in the model's order, {@code shape[0]} = batch
   * @return one result for each of the names given to {@link #open}, in that order; what earlier
   *     runs returned must not be read any more, its memory may be gone
   * @throws ModelException when the shape is not the model's, the engine fails, an output is not
   *     float32, or a TorchScript model has no such output
   */
  public List<Output> run(ByteBuffer values, long... shape) {
    if (closed) {
      throw new IllegalStateException(file + " is closed");
    }
    check(values, shape);
    if (input != null) {
      input.check(file, shape);
    }
    release();
    long fixed = input == null ? ModelInput.ANY : input.fixedBatch();
    ByteBuffer given = values.slice().order(ByteOrder.nativeOrder());
    if (fixed != ModelInput.ANY && fixed != shape[0]) {
      return runInChunks(given, shape, Math.toIntExact(fixed));
    }
    NDManager scope = model.getNDManager().newSubManager();
    last = scope;
    return forward(scope, given, shape);
  }

  private static void check(ByteBuffer values, long[] shape) {
    long numbers = 1;
    for (long size : shape) {
      numbers *= size;
    }
    if (shape.length == 0 || numbers <= 0 || values.remaining() != numbers * Float.BYTES) {
      throw new IllegalArgumentException(
          values.remaining() + " bytes are no float32 of the shape " + Arrays.toString(shape));
    }
    if (!values.isDirect() || values.order() != ByteOrder.nativeOrder()) {
      throw new IllegalArgumentException("the values must be in a direct buffer in native order");
    }
  }

  private List<Output> runInChunks(ByteBuffer values, long[] shape, int size) {
    int count = Math.toIntExact(shape[0]);
    int row = values.remaining() / count;
    long[] chunk = shape.clone();
    chunk[0] = size;
    List<Output> results = new ArrayList<>();
    for (int first = 0; first < count; first += size) {
      int rows = Math.min(size, count - first);
      ByteBuffer part = values.slice(first * row, rows * row).order(ByteOrder.nativeOrder());
      if (rows < size) {
        part =
            ByteBuffer.allocateDirect(size * row).order(ByteOrder.nativeOrder()).put(part).rewind();
      }
      try (NDManager scope = model.getNDManager().newSubManager()) {
        List<Output> outputsOfChunk = forward(scope, part, chunk);
        if (results.isEmpty()) {
          for (int i = 0; i < outputs.size(); i++) {
            results.add(roomFor(i, outputsOfChunk.get(i), count, size));
          }
        }
        for (int i = 0; i < outputs.size(); i++) {
          ByteBuffer computed = outputsOfChunk.get(i).values();
          results.get(i).values().put(computed.limit(computed.limit() / size * rows));
        }
      }
    }
    results.forEach(result -> result.values().rewind());
    return results;
  }

  private Output roomFor(int index, Output ofChunk, int count, int size) {
    long[] shape = ofChunk.shape().clone();
    if (shape.length == 0 || shape[0] != size) {
      throw new ModelException(
          file,
          "was exported for the batch size "
              + size
              + " and gives '"
              + outputs.get(index)
              + "' the shape "
              + Arrays.toString(shape)
              + ", in which that is not the first axis, so that results cannot be joined to a batch of "
              + count
              + "; fix: export the model with a variable batch size");
    }
    shape[0] = count;
    int bytes = Math.toIntExact((long) ofChunk.values().remaining() / size * count);
    ByteBuffer room = joined.get(index);
    if (room == null || room.capacity() != bytes) {
      room = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
      joined.put(index, room);
    }
    return new Output(shape, room.clear());
  }

  private List<Output> forward(NDManager scope, ByteBuffer values, long[] shape) {
    Map<String, NDArray> computed;
    try {
      NDArray array = scope.create(fed.of(values), new Shape(shape), fed.type());
      if (input != null) {
        array.setName(input.name());
      }
      computed =
          byName(
              model.getBlock().forward(new ParameterStore(scope, false), new NDList(array), false));
    } catch (RuntimeException e) {
      throw new ModelException(
          file,
          "DJL's "
              + engine.djlName()
              + " engine cannot run it on the shape "
              + Arrays.toString(shape)
              + " ("
              + ModelException.reason(e)
              + "); fix: the order of the axes, the size of the pictures, or the export",
          e);
    }
    if (engine == ModelEngine.PYTORCH) {
      known = List.copyOf(computed.keySet());
    }
    return outputs.stream().map(name -> output(name, computed)).toList();
  }

  /** TorchScript's tuples come without names. */
  private static Map<String, NDArray> byName(NDList arrays) {
    Map<String, NDArray> named = new LinkedHashMap<>();
    for (int i = 0; i < arrays.size(); i++) {
      String name = arrays.get(i).getName();
      named.put(name == null ? Integer.toString(i) : name, arrays.get(i));
    }
    return named;
  }

  private Output output(String name, Map<String, NDArray> computed) {
    NDArray array = computed.get(computedAs.getOrDefault(name, name));
    if (array == null) {
      throw new ModelException(file, NearestName.unknown("output", name, known));
    }
    if (array.getDataType() != DataType.FLOAT32) {
      throw new ModelException(
          file,
          "its output '"
              + name
              + "' is "
              + array.getDataType()
              + "; allowed: float32"
              + (onnx == null ? "" : ", float16, float64 or quantised whole numbers")
              + "; fix: name another, or export the model in float32");
    }
    return new Output(array.getShape().getShape(), array.toByteBuffer(true));
  }

  /**
   * What the file lists, for messages: without the internal tensors of an ONNX model; nothing
   * before the first run of a TorchScript model.
   */
  public List<String> knownOutputs() {
    return known;
  }

  /** Files in which an ONNX model keeps weights outside its own; in the order of their names. */
  public List<Path> filesBeside() {
    return onnx == null ? List.of() : onnx.filesBeside();
  }

  /** The input as the file describes it; none of TorchScript. */
  Optional<ModelInput> input() {
    return Optional.ofNullable(input);
  }

  /** What an ONNX file says of its graph; none of others. */
  Optional<OnnxFile> onnx() {
    return Optional.ofNullable(onnx);
  }

  private void release() {
    if (last != null) {
      last.close();
      last = null;
    }
  }

  /** Frees the model and the results of its last run; harmless when called again. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      release();
      model.close();
    }
  }
}
