package org.kt4j.models;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.NearestName;
import org.kt4j.engine.model.ModelException;
import org.kt4j.engine.teacher.ForeignFile;

/**
 * What an ONNX file says of its graph, and the file with more outputs. Weights are passed over, not
 * read. The numbers below are those of the fields in {@code onnx.proto}, each with the way in which
 * it is written.
 */
final class OnnxFile {

  private static final int NUMBER = WireFormat.WIRETYPE_VARINT;
  private static final int BYTES = WireFormat.WIRETYPE_LENGTH_DELIMITED;

  private static final int MODEL_PRODUCER = 2 << 3 | BYTES;
  private static final int MODEL_GRAPH = 7 << 3 | BYTES;
  private static final int MODEL_OPSET = 8 << 3 | BYTES;
  private static final int OPSET_DOMAIN = 1 << 3 | BYTES;
  private static final int OPSET_VERSION = 2 << 3 | NUMBER;
  private static final int GRAPH_NODE = 1 << 3 | BYTES;
  private static final int GRAPH_INITIALIZER = 5 << 3 | BYTES;
  private static final int GRAPH_INPUT = 11 << 3 | BYTES;
  private static final int GRAPH_OUTPUT = 12 << 3 | BYTES;
  private static final int GRAPH_SPARSE_INITIALIZER = 15 << 3 | BYTES;
  private static final int NODE_INPUT = 1 << 3 | BYTES;
  private static final int NODE_OUTPUT = 2 << 3 | BYTES;
  private static final int NODE_OPERATION = 4 << 3 | BYTES;
  private static final int NODE_ATTRIBUTE = 5 << 3 | BYTES;
  private static final int NODE_DOMAIN = 7 << 3 | BYTES;
  private static final int ATTRIBUTE_NAME = 1 << 3 | BYTES;
  private static final int ATTRIBUTE_NUMBER = 3 << 3 | NUMBER;
  private static final int ATTRIBUTE_TENSOR = 5 << 3 | BYTES;
  private static final int ATTRIBUTE_GRAPH = 6 << 3 | BYTES;
  private static final int ATTRIBUTE_NUMBERS = 8 << 3 | NUMBER;
  private static final int ATTRIBUTE_NUMBERS_PACKED = 8 << 3 | BYTES;
  private static final int ATTRIBUTE_TENSORS = 10 << 3 | BYTES;
  private static final int ATTRIBUTE_GRAPHS = 11 << 3 | BYTES;
  private static final int TENSOR_SIZE = 1 << 3 | NUMBER;
  private static final int TENSOR_SIZES_PACKED = 1 << 3 | BYTES;
  private static final int TENSOR_TYPE = 2 << 3 | NUMBER;
  private static final int TENSOR_NAME = 8 << 3 | BYTES;
  private static final int TENSOR_EXTERNAL = 13 << 3 | BYTES;
  private static final int ENTRY_KEY = 1 << 3 | BYTES;
  private static final int ENTRY_VALUE = 2 << 3 | BYTES;
  private static final String LOCATION = "location";
  private static final int SPARSE_VALUES = 1 << 3 | BYTES;
  private static final int VALUE_NAME = 1 << 3 | BYTES;
  private static final int VALUE_TYPE = 2 << 3 | BYTES;
  private static final int TYPE_TENSOR = 1 << 3 | BYTES;
  private static final int TENSOR_ELEMENT = 1 << 3 | NUMBER;
  private static final int TENSOR_SHAPE = 2 << 3 | BYTES;
  private static final int SHAPE_AXIS = 1 << 3 | BYTES;
  private static final int AXIS_SIZE = 1 << 3 | NUMBER;
  private static final int TYPE_SEQUENCE = 4 << 3 | BYTES;
  private static final int TYPE_MAP = 5 << 3 | BYTES;
  private static final int TYPE_SPARSE = 8 << 3 | BYTES;
  private static final int TYPE_OPTIONAL = 9 << 3 | BYTES;

  /** What TensorProto.DataType calls them; the numbers of those that are left out are unusual. */
  private static final Map<Integer, String> ELEMENTS =
      Map.ofEntries(
          Map.entry(1, ModelInput.FLOAT32),
          Map.entry(2, ModelInput.UINT8),
          Map.entry(3, "int8"),
          Map.entry(4, "uint16"),
          Map.entry(5, "int16"),
          Map.entry(6, "int32"),
          Map.entry(7, "int64"),
          Map.entry(8, "string"),
          Map.entry(9, "bool"),
          Map.entry(10, ModelInput.FLOAT16),
          Map.entry(11, ModelInput.FLOAT64),
          Map.entry(16, "bfloat16"),
          Map.entry(17, "float8e4m3fn"),
          Map.entry(18, "float8e4m3fnuz"),
          Map.entry(19, "float8e5m2"),
          Map.entry(20, "float8e5m2fnuz"),
          Map.entry(21, "uint4"),
          Map.entry(22, "int4"));

  private static String element(int number) {
    return ELEMENTS.getOrDefault(number, "element type " + number);
  }

  /** Messages within messages that protobuf, and with it ONNX Runtime, reads. */
  private static final int DEEPEST = 100;

  /** Graphs within graphs that could overflow the stack. */
  private static final class TooDeepException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private final Path file;
  private final List<ModelInput> inputs = new ArrayList<>();
  private final Set<String> initializers = new LinkedHashSet<>();
  private final Set<String> locations = new TreeSet<>();
  private final List<ModelInput> outputs = new ArrayList<>();

  /** What outputs are that are no tensors. */
  private final Map<String, String> noTensors = new LinkedHashMap<>();

  private final OnnxStructure structure = new OnnxStructure();
  private String producer = "";
  private long opset;

  private OnnxFile(Path file) {
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @throws ModelException when it is cut short or no ONNX model
   */
  static OnnxFile read(Path file) {
    OnnxFile onnx = new OnnxFile(file);
    try (InputStream in = Files.newInputStream(file)) {
      new Reader(onnx, CodedInputStream.newInstance(in)).readModel();
    } catch (TooDeepException e) {
      throw new ModelException(
          file,
          "nests its graphs (If, Loop, Scan) too deeply; allowed: "
              + DEEPEST
              + " messages within each other, as protobuf reads; fix: simplify the model, as by"
              + " onnxsim",
          e);
    } catch (IOException e) {
      throw new ModelException(
          file,
          "is no whole ONNX model ("
              + ForeignFile.described(file)
                  .orElse(ModelException.reason(e) + "; fix: copy or export it again")
              + ")",
          e);
    }
    if (onnx.outputs.isEmpty()) {
      throw new ModelException(
          file,
          "is no ONNX model: "
              + ForeignFile.described(file)
                  .orElse("it lists no outputs; fix: copy or export it again"));
    }
    onnx.requireFilesBeside();
    return onnx;
  }

  /** Those that have to be fed. */
  List<ModelInput> inputs() {
    return inputs.stream().filter(input -> !initializers.contains(input.name())).toList();
  }

  /** Those that the file lists. */
  List<String> outputs() {
    return outputs.stream().map(ModelInput::name).toList();
  }

  /** Those that the file lists, with their types. */
  List<ModelInput> typedOutputs() {
    return List.copyOf(outputs);
  }

  /** The names of all that nodes of the graph compute, outputs included. */
  Set<String> tensors() {
    return structure.tensors();
  }

  /** Its operations and constants. */
  OnnxStructure structure() {
    return structure;
  }

  /** Who wrote it, as it says itself; empty where it does not. */
  String producer() {
    return producer;
  }

  /** The version of ONNX's own operations. */
  long opset() {
    return opset;
  }

  /** The files in which tensors lie that are not in this one, each once. */
  List<Path> filesBeside() {
    return locations.stream().map(file::resolveSibling).toList();
  }

  private void requireFilesBeside() {
    for (String location : locations) {
      boolean isThere;
      try {
        isThere = Files.isRegularFile(file.resolveSibling(location));
      } catch (InvalidPathException e) {
        isThere = false;
      }
      if (!isThere) {
        throw new ModelException(
            file,
            "keeps weights in the file "
                + location.replace('\0', '?')
                + ", which is not there; fix: copy it beside the model, or save the model in one"
                + " file (onnx.save(onnx.load(file), other))");
      }
    }
  }

  private void requireTensor(String output) {
    String kind = noTensors.get(output);
    if (kind != null) {
      throw new ModelException(
          file,
          "its output '"
              + output
              + "' is a "
              + kind
              + "; allowed: a tensor of float32; fix: name another, or export the model with a"
              + " tensor there (skl2onnx: options={'zipmap': False})");
    }
  }

  /**
   * Those of some outputs that have to be added to the listed ones.
   *
   * @throws ModelException when one is neither listed nor an internal tensor, or no tensor at all
   */
  List<String> unlisted(List<String> wanted) {
    List<String> listed = outputs();
    List<String> unlisted = new ArrayList<>();
    for (String name : wanted) {
      requireTensor(name);
      if (listed.contains(name) || unlisted.contains(name)) {
        continue;
      }
      if (!tensors().contains(name)) {
        throw unknown(name);
      }
      unlisted.add(name);
    }
    return unlisted;
  }

  private ModelException unknown(String name) {
    Optional<String> nearest =
        NearestName.of(name, outputs()).or(() -> NearestName.of(name, tensors()));
    return new ModelException(
        file,
        "unknown output '"
            + name
            + "'; listed: "
            + String.join(", ", outputs())
            + "; any internal tensor may be named too"
            + nearest.map(near -> "; did you mean '" + near + "'?").orElse(""));
  }

  /**
   * The model with more outputs: what is appended to a message is merged into it, so that the file
   * itself need not be taken apart. ONNX Runtime infers the types of outputs that give none.
   *
   * @param added names of internal tensors
   * @param computing operations that are added, each as a message of {@code onnx.proto}
   */
  InputStream withOutputs(List<String> added, List<ByteString> computing) throws IOException {
    UnknownFieldSet.Field.Builder values = UnknownFieldSet.Field.newBuilder();
    for (String name : added) {
      values.addLengthDelimited(message(VALUE_NAME, ByteString.copyFromUtf8(name)));
    }
    UnknownFieldSet.Field.Builder nodes = UnknownFieldSet.Field.newBuilder();
    computing.forEach(nodes::addLengthDelimited);
    UnknownFieldSet graph =
        UnknownFieldSet.newBuilder()
            .addField(WireFormat.getTagFieldNumber(GRAPH_NODE), nodes.build())
            .addField(WireFormat.getTagFieldNumber(GRAPH_OUTPUT), values.build())
            .build();
    byte[] appended = message(MODEL_GRAPH, graph.toByteString()).toByteArray();
    return new SequenceInputStream(Files.newInputStream(file), new ByteArrayInputStream(appended));
  }

  private static ByteString message(int tag, ByteString value) {
    return UnknownFieldSet.newBuilder()
        .addField(
            WireFormat.getTagFieldNumber(tag),
            UnknownFieldSet.Field.newBuilder().addLengthDelimited(value).build())
        .build()
        .toByteString();
  }

  /** Walks through the messages of a file in the order in which they lie there. */
  private static final class Reader {

    private final OnnxFile onnx;
    private final CodedInputStream in;
    private int depth;

    Reader(OnnxFile onnx, CodedInputStream in) {
      this.onnx = onnx;
      this.in = in;
    }

    /** Reads one field, or says that it is to be passed over. */
    @FunctionalInterface
    private interface FieldReader {
      boolean read(int tag) throws IOException;
    }

    void readModel() throws IOException {
      readFields(
          tag ->
              switch (tag) {
                case MODEL_GRAPH -> nested(this::readGraph);
                case MODEL_OPSET -> readOpset();
                case MODEL_PRODUCER -> {
                  onnx.producer = in.readString();
                  yield true;
                }
                default -> false;
              });
    }

    private boolean readOpset() throws IOException {
      String[] domain = {""};
      long[] version = {0};
      nested(
          part -> {
            switch (part) {
              case OPSET_DOMAIN -> domain[0] = in.readString();
              case OPSET_VERSION -> version[0] = in.readInt64();
              default -> {
                return false;
              }
            }
            return true;
          });
      if (OnnxOperation.isStandard(domain[0])) {
        onnx.opset = version[0];
      }
      return true;
    }

    private boolean readGraph(int tag) throws IOException {
      return switch (tag) {
        case GRAPH_NODE -> new Operation().read();
        case GRAPH_INITIALIZER -> readInitializer();
        case GRAPH_SPARSE_INITIALIZER -> nested(part -> part == SPARSE_VALUES && readInitializer());
        case GRAPH_INPUT -> onnx.inputs.add(new Value().read());
        case GRAPH_OUTPUT -> {
          Value value = new Value();
          ModelInput output = value.read();
          if (value.kind != null) {
            onnx.noTensors.put(output.name(), value.kind);
          }
          yield onnx.outputs.add(output);
        }
        default -> false;
      };
    }

    /** A node of a subgraph, as far as its numbers may lie in another file. */
    private boolean readInnerNode(int tag) throws IOException {
      return tag == NODE_ATTRIBUTE && nested(this::readAttribute);
    }

    private boolean readAttribute(int tag) throws IOException {
      return switch (tag) {
        case ATTRIBUTE_TENSOR, ATTRIBUTE_TENSORS -> nested(this::readLocation);
        case ATTRIBUTE_GRAPH, ATTRIBUTE_GRAPHS -> nested(this::readSubgraph);
        default -> false;
      };
    }

    private boolean readSubgraph(int tag) throws IOException {
      return switch (tag) {
        case GRAPH_NODE -> nested(this::readInnerNode);
        case GRAPH_INITIALIZER -> nested(this::readLocation);
        default -> false;
      };
    }

    private boolean readInitializer() throws IOException {
      Constant constant = new Constant();
      nested(constant::readField);
      onnx.initializers.add(constant.name);
      onnx.structure.add(constant.name, constant.made());
      return true;
    }

    /** All numbers of a field that may be written one by one or together. */
    private boolean readNumbers(int tag, List<Long> numbers) throws IOException {
      if (WireFormat.getTagWireType(tag) == NUMBER) {
        numbers.add(in.readInt64());
        return true;
      }
      int outer = in.pushLimit(in.readRawVarint32());
      while (in.getBytesUntilLimit() > 0) {
        numbers.add(in.readInt64());
      }
      in.popLimit(outer);
      return true;
    }

    /** Of a tensor, the file that its numbers lie in when it is another. */
    private boolean readLocation(int tag) throws IOException {
      if (tag != TENSOR_EXTERNAL) {
        return false;
      }
      String[] entry = {"", ""};
      nested(
          part -> {
            if (part != ENTRY_KEY && part != ENTRY_VALUE) {
              return false;
            }
            entry[part == ENTRY_KEY ? 0 : 1] = in.readString();
            return true;
          });
      if (entry[0].equals(LOCATION)) {
        onnx.locations.add(entry[1]);
      }
      return true;
    }

    private boolean nested(FieldReader reader) throws IOException {
      if (++depth > DEEPEST) {
        throw new TooDeepException();
      }
      int outer = in.pushLimit(in.readRawVarint32());
      readFields(reader);
      // The end of the file, where a message should go on, reads like the end of the message.
      if (in.getBytesUntilLimit() != 0) {
        throw new InvalidProtocolBufferException("it ends in the middle of a message");
      }
      in.popLimit(outer);
      depth--;
      return true;
    }

    private void readFields(FieldReader reader) throws IOException {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_START_GROUP) {
          // No model has one, and to skip it could take as many calls as there are groups in it.
          throw new InvalidProtocolBufferException("it holds a group, which no ONNX model does");
        }
        if (!reader.read(tag)) {
          in.skipField(tag);
        }
      }
    }

    /** Name, element type and shape of a constant; its numbers are passed over. */
    private final class Constant {

      private String name = "";
      private int type;
      private final List<Long> sizes = new ArrayList<>();

      boolean readField(int tag) throws IOException {
        switch (tag) {
          case TENSOR_NAME -> name = in.readString();
          case TENSOR_TYPE -> type = in.readInt32();
          case TENSOR_SIZE, TENSOR_SIZES_PACKED -> {
            return readNumbers(tag, sizes);
          }
          default -> {
            return readLocation(tag);
          }
        }
        return true;
      }

      OnnxStructure.Constant made() {
        return new OnnxStructure.Constant(element(type), sizes);
      }
    }

    /** A node of the graph. */
    private final class Operation {

      private String op = "";
      private String domain = "";
      private final List<String> inputs = new ArrayList<>();
      private final List<String> outputs = new ArrayList<>();
      private final Map<String, List<Long>> numbers = new LinkedHashMap<>();
      private @Nullable Constant value;

      boolean read() throws IOException {
        nested(this::readField);
        OnnxOperation operation = new OnnxOperation(op, domain, inputs, outputs, numbers);
        onnx.structure.add(operation);
        if (operation.is("Constant") && value != null && !outputs.isEmpty()) {
          onnx.structure.add(outputs.get(0), value.made());
        }
        return true;
      }

      private boolean readField(int tag) throws IOException {
        switch (tag) {
          case NODE_INPUT -> inputs.add(in.readString());
          case NODE_OUTPUT -> outputs.add(in.readString());
          case NODE_OPERATION -> op = in.readString();
          case NODE_DOMAIN -> domain = in.readString();
          case NODE_ATTRIBUTE -> readNumbersOfAttribute();
          default -> {
            return false;
          }
        }
        return true;
      }

      private void readNumbersOfAttribute() throws IOException {
        String[] name = {""};
        List<Long> given = new ArrayList<>();
        nested(
            tag ->
                switch (tag) {
                  case ATTRIBUTE_NAME -> {
                    name[0] = in.readString();
                    yield true;
                  }
                  case ATTRIBUTE_NUMBER, ATTRIBUTE_NUMBERS, ATTRIBUTE_NUMBERS_PACKED ->
                      readNumbers(tag, given);
                  case ATTRIBUTE_TENSOR -> {
                    Constant tensor = new Constant();
                    nested(tensor::readField);
                    value = tensor;
                    yield true;
                  }
                  default -> readAttribute(tag);
                });
        if (!given.isEmpty()) {
          numbers.put(name[0], given);
        }
      }
    }

    /** Name, element type and shape of an input or output. */
    private final class Value {

      private String name = "";
      private String type = "no tensor";
      private @Nullable String kind;
      private @Nullable List<Long> shape;

      ModelInput read() throws IOException {
        nested(this::readValue);
        return new ModelInput(
            name, kind != null ? kind : type, shape == null ? null : List.copyOf(shape));
      }

      private boolean readValue(int tag) throws IOException {
        if (tag == VALUE_NAME) {
          name = in.readString();
          return true;
        }
        return tag == VALUE_TYPE && nested(this::readType);
      }

      private boolean readType(int tag) throws IOException {
        if (tag == TYPE_TENSOR) {
          return nested(this::readTensor);
        }
        kind =
            switch (tag) {
              case TYPE_SEQUENCE -> "sequence";
              case TYPE_MAP -> "map";
              case TYPE_SPARSE -> "sparse tensor";
              case TYPE_OPTIONAL -> "optional value";
              default -> kind;
            };
        return false;
      }

      private boolean readTensor(int tag) throws IOException {
        if (tag == TENSOR_ELEMENT) {
          type = element(in.readInt32());
          return true;
        }
        if (tag != TENSOR_SHAPE) {
          return false;
        }
        List<Long> axes = new ArrayList<>();
        nested(part -> part == SHAPE_AXIS && readAxis(axes));
        shape = axes;
        return true;
      }

      private boolean readAxis(List<Long> axes) throws IOException {
        int axis = axes.size();
        axes.add(ModelInput.ANY);
        return nested(
            tag -> {
              if (tag != AXIS_SIZE) {
                return false;
              }
              long size = in.readInt64();
              axes.set(axis, size > 0 ? size : ModelInput.ANY);
              return true;
            });
      }
    }
  }
}
