package org.kt4j.engine.weights;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a pickle of PyTorch may call: tensors, parameters and the collections of Python. Every other
 * class is an object with a name, for what lies beside weights, such as the arguments of a
 * training; functions that start programs or read files are refused, as nobody who saves weights
 * needs them.
 */
final class TorchObjects implements PickleMachine.Constructors {

  private static final Set<String> DANGEROUS_MODULES =
      Set.of(
          "os",
          "posix",
          "nt",
          "subprocess",
          "sys",
          "shutil",
          "socket",
          "runpy",
          "pty",
          "importlib",
          "ctypes",
          "pickle",
          "_pickle",
          "marshal",
          "code",
          "webbrowser",
          "commands",
          "asyncio",
          "multiprocessing",
          "timeit",
          "platform",
          "pip",
          "requests",
          "urllib");

  private static final Set<String> DANGEROUS_BUILTINS =
      Set.of("eval", "exec", "execfile", "compile", "open", "__import__", "breakpoint", "input");

  /** More numbers than any file has, and few enough to be multiplied. */
  private static final long MOST_NUMBERS = 1L << 50;

  private final Map<String, TorchStorage> storages = new LinkedHashMap<>();

  /** The storages that tensors are parts of, by their keys; of views the whole. */
  Map<String, TorchStorage> storages() {
    return storages;
  }

  @Override
  public Object call(PickleGlobal callable, List<Object> arguments) throws BadPickleException {
    requireHarmless(callable);
    return switch (callable.qualified()) {
      case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" ->
          tensor(at(arguments, 0), typeOf(at(arguments, 0)), arguments);
      case "torch._utils._rebuild_tensor_v3" ->
          tensor(at(arguments, 0), named(at(arguments, 6)), arguments);
      case "torch._utils._rebuild_parameter",
          "torch._utils._rebuild_parameter_with_state",
          "torch.Size" ->
          at(arguments, 0);
      case "torch._tensor._rebuild_from_type_v2" -> rebuilt(arguments);
      case "collections.OrderedDict",
          "collections.defaultdict",
          "builtins.dict",
          "__builtin__.dict" ->
          dictionary(arguments);
      case "builtins.set",
          "builtins.frozenset",
          "builtins.list",
          "__builtin__.set",
          "__builtin__.frozenset",
          "__builtin__.list" ->
          arguments.isEmpty() || !(arguments.get(0) instanceof List<?> items)
              ? new ArrayList<>()
              : new ArrayList<Object>(items);
      case "copyreg._reconstructor", "copy_reg._reconstructor" ->
          new PickleObject(
              at(arguments, 0) instanceof PickleGlobal type
                  ? type.qualified()
                  : callable.qualified());
      default -> new PickleObject(callable.qualified());
    };
  }

  private static void requireHarmless(PickleGlobal callable) throws BadPickleException {
    String module = callable.module();
    String root = module.contains(".") ? module.substring(0, module.indexOf('.')) : module;
    boolean builtin = module.equals("builtins") || module.equals("__builtin__");
    if (DANGEROUS_MODULES.contains(root)
        || (builtin && DANGEROUS_BUILTINS.contains(callable.name()))) {
      throw new BadPickleException(
          "asks to call "
              + callable.qualified()
              + " when it is opened, which no file of weights needs: it may be an attack. Nothing"
              + " was run; fix: take the weights from a source that you trust, as .safetensors");
    }
  }

  private static Object at(List<Object> arguments, int index) throws BadPickleException {
    if (index >= arguments.size()) {
      throw new BadPickleException("calls a function of PyTorch with too few arguments");
    }
    return arguments.get(index);
  }

  private static TorchTensor tensor(Object storage, String type, List<Object> arguments)
      throws BadPickleException {
    return TorchTensor.of(storage, type, at(arguments, 1), at(arguments, 2), at(arguments, 3));
  }

  private static String typeOf(Object storage) {
    return storage instanceof TorchStorage known ? known.type() : "";
  }

  private static String named(Object type) throws BadPickleException {
    if (type instanceof PickleGlobal global && global.module().equals("torch")) {
      return global.name();
    }
    throw new BadPickleException("makes a tensor of what is no type of PyTorch");
  }

  /** A tensor of a class derived from PyTorch's: {@code (function, class, arguments, state)}. */
  private Object rebuilt(List<Object> arguments) throws BadPickleException {
    if (at(arguments, 0) instanceof PickleGlobal function
        && at(arguments, 2) instanceof PickleTuple given
        // One step deep, so that no chain of these is.
        && !function.qualified().equals("torch._tensor._rebuild_from_type_v2")) {
      return call(function, given.items());
    }
    return new PickleObject("torch._tensor._rebuild_from_type_v2");
  }

  private static Map<Object, Object> dictionary(List<Object> arguments) {
    Map<Object, Object> map = new LinkedHashMap<>();
    if (!arguments.isEmpty() && arguments.get(0) instanceof List<?> pairs) {
      for (Object pair : pairs) { // as Python 2 wrote them
        List<?> items =
            pair instanceof PickleTuple tuple
                ? tuple.items()
                : pair instanceof List<?> list ? list : List.of();
        if (items.size() == 2 && items.get(0) instanceof String key) {
          map.put(key, items.get(1));
        }
      }
    }
    return map;
  }

  /**
   * The storage of {@code ('storage', class, key, place, count)}, and of the old form with a sixth,
   * {@code (key, first, count)} of a part of it.
   */
  @Override
  public Object persistent(Object identity) throws BadPickleException {
    List<Object> parts = identity instanceof PickleTuple tuple ? tuple.items() : List.of();
    if (!parts.isEmpty() && "module".equals(parts.get(0))) {
      return parts.size() > 1 ? parts.get(1) : new PickleObject("module");
    }
    if (parts.size() < 5
        || !"storage".equals(parts.get(0))
        || !(parts.get(1) instanceof PickleGlobal type)
        || !(parts.get(2) instanceof String key)
        || !(parts.get(4) instanceof Long count)) {
      throw new BadPickleException("refers to something outside of it that is no storage");
    }
    String numbers = TorchStorage.type(type);
    if (numbers == null) {
      throw new BadPickleException(
          "has a storage of the class " + type.qualified() + ", which is none of PyTorch's");
    }
    if (count < 0 || count > MOST_NUMBERS) {
      throw new BadPickleException("has a storage '" + key + "' of " + count + " numbers");
    }
    TorchStorage whole = new TorchStorage(key, numbers, count, 0);
    TorchStorage known = storages.putIfAbsent(key, whole);
    if (known != null && !known.equals(whole)) {
      throw new BadPickleException(
          "has a storage '"
              + key
              + "' of two kinds: "
              + known.count()
              + " numbers of "
              + known.type()
              + " and "
              + count
              + " of "
              + numbers);
    }
    return parts.size() > 5 && parts.get(5) instanceof PickleTuple view
        ? part(whole, view.items())
        : whole;
  }

  private static TorchStorage part(TorchStorage whole, List<Object> view)
      throws BadPickleException {
    if (view.size() != 3
        || !(view.get(1) instanceof Long first)
        || !(view.get(2) instanceof Long count)
        || first < 0
        || count < 0
        || first > whole.count()
        || count > whole.count() - first) {
      throw new BadPickleException("has a part of the storage '" + whole.key() + "' that is none");
    }
    return new TorchStorage(whole.key(), whole.type(), count, first);
  }
}
