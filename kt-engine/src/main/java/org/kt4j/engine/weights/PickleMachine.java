package org.kt4j.engine.weights;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads a pickle of Python, protocols 2 to 5, as Python's {@code pickletools} describes its codes.
 *
 * <p>A pickle is a program that builds objects, and one from a stranger may ask for anything. This
 * machine builds lists, dictionaries, tuples, text, numbers, {@code True}, {@code False} and {@code
 * None}; sets are lists. What a pickle calls is given to {@link Constructors}, which makes values
 * out of values; there is no way from here to a class or a method of Java or Python. That is why it
 * is not one of the libraries for pickles, such as net.razorvine:pickle, which make Java objects of
 * registered classes, set their state by reflection, and bound neither memory nor steps.
 *
 * <p>It takes one step for each code, at most {@link #MOST_STEPS}, and no code makes more memory
 * than a small object and the bytes that stand behind it. Nothing here is recursive.
 */
final class PickleMachine {

  /** About a hundred times what a network of a thousand tensors takes. */
  static final int MOST_STEPS = 4_000_000;

  /** In place of {@code None}. */
  static final Object NONE = new Object();

  private static final int NEWEST_PROTOCOL = 5;

  /** What a pickle calls. */
  interface Constructors {

    /** The value that a class or function gives for arguments. */
    Object call(PickleGlobal callable, List<Object> arguments) throws BadPickleException;

    /** The value that stands outside of the pickle under an identity. */
    Object persistent(Object identity) throws BadPickleException;
  }

  private final PickleInput in;
  private final Constructors constructors;
  private final Map<Long, Object> memo = new HashMap<>();
  private final Deque<List<Object>> below = new ArrayDeque<>();
  private List<Object> stack = new ArrayList<>();

  private PickleMachine(PickleInput in, Constructors constructors) {
    this.in = in;
    this.constructors = constructors;
  }

  /**
   * Reads one pickle and leaves the input behind it.
   *
   * @throws BadPickleException when it is none, or asks for too much
   * @throws IOException when the input ends in it
   */
  static Object read(PickleInput in, Constructors constructors) throws IOException {
    PickleMachine machine = new PickleMachine(in, constructors);
    for (int steps = 0; steps < MOST_STEPS; steps++) {
      int code = in.octet();
      if (code == '.') {
        return machine.pop();
      }
      machine.step(code);
    }
    throw new BadPickleException(
        "takes more than " + MOST_STEPS + " steps to read, which no file of weights needs");
  }

  private void step(int code) throws IOException {
    switch (code) {
      case 0x80 -> protocol(in.octet());
      case 0x95 -> in.bytes(Long.BYTES); // a frame, of which the length does not matter
      case '(' -> mark();
      case '0' -> drop();
      case '1' -> marked();
      case '2' -> push(peek());
      case 'a', 's', 'e', 'u', 0x90 -> fill(code);
      case 'h' -> push(remembered(in.octet()));
      case 'j' -> push(remembered(in.unsigned(Integer.BYTES)));
      case 'q' -> memo.put((long) in.octet(), peek());
      case 'r' -> memo.put(in.unsigned(Integer.BYTES), peek());
      case 0x94 -> memo.put((long) memo.size(), peek());
      case 'c' -> push(new PickleGlobal(in.line(), in.line()));
      case 0x93 -> stackGlobal();
      case 'R', 0x81 -> call(pop(), pop());
      case 0x92 -> callWithNames();
      case 'b' -> build(pop(), peek());
      case 'Q' -> push(constructors.persistent(pop()));
      default -> push(value(code));
    }
  }

  private Object value(int code) throws IOException {
    return switch (code) {
      case 'N' -> NONE;
      case 0x88 -> true;
      case 0x89 -> false;
      case 'J' -> (long) in.int32();
      case 'K' -> (long) in.octet();
      case 'M' -> in.unsigned(Short.BYTES);
      case 0x8a -> in.integer(in.octet());
      case 0x8b -> in.integer(in.int32());
      case 'G' -> in.float64();
      case 'X' -> in.text(in.unsigned(Integer.BYTES));
      case 0x8c, 'U' -> in.text(in.octet());
      case 0x8d -> in.text(in.unsigned(Long.BYTES));
      case 'T' -> in.text(in.int32());
      case 'C' -> in.bytes(in.octet());
      case 'B' -> in.bytes(in.unsigned(Integer.BYTES));
      case 0x8e, 0x96 -> in.bytes(in.unsigned(Long.BYTES));
      case ']', 0x8f -> new ArrayList<>();
      case '}' -> new LinkedHashMap<>();
      case ')' -> new PickleTuple(List.of());
      case 't' -> new PickleTuple(marked());
      case 'l', 0x91 -> marked();
      case 'd' -> dictionary(marked());
      case 0x85 -> tuple(1);
      case 0x86 -> tuple(2);
      case 0x87 -> tuple(3);
      default -> throw unknown(code);
    };
  }

  private static BadPickleException unknown(int code) {
    return new BadPickleException(
        String.format(
            Locale.ROOT,
            "has the code 0x%02x at a place where torch.save writes none; allowed: pickles of the"
                + " protocols 2 to %d",
            code,
            NEWEST_PROTOCOL));
  }

  private static void protocol(int version) throws BadPickleException {
    if (version < 2 || version > NEWEST_PROTOCOL) {
      throw new BadPickleException(
          "is a pickle of protocol " + version + "; allowed: 2 to " + NEWEST_PROTOCOL);
    }
  }

  private void push(Object value) {
    stack.add(value);
  }

  private Object pop() throws BadPickleException {
    Object top = peek();
    stack.remove(stack.size() - 1);
    return top;
  }

  private Object peek() throws BadPickleException {
    if (stack.isEmpty()) {
      throw new BadPickleException("takes a value where there is none");
    }
    return stack.get(stack.size() - 1);
  }

  private void mark() {
    below.push(stack);
    stack = new ArrayList<>();
  }

  private void drop() throws BadPickleException {
    if (stack.isEmpty()) {
      marked();
    } else {
      pop();
    }
  }

  /** What stands above the last mark, which is taken away with it. */
  private List<Object> marked() throws BadPickleException {
    if (below.isEmpty()) {
      throw new BadPickleException("goes back to a mark where there is none");
    }
    List<Object> above = stack;
    stack = below.pop();
    return above;
  }

  private PickleTuple tuple(int size) throws BadPickleException {
    List<Object> items = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      items.add(pop());
    }
    Collections.reverse(items);
    return new PickleTuple(items);
  }

  private Object remembered(long key) throws BadPickleException {
    Object value = memo.get(key);
    if (value == null) {
      throw new BadPickleException("refers to a value " + key + " that it did not store");
    }
    return value;
  }

  private void fill(int code) throws BadPickleException {
    List<Object> items =
        switch (code) {
          case 'a' -> tuple(1).items();
          case 's' -> tuple(2).items();
          default -> marked();
        };
    Object filled = peek();
    boolean pairs = code == 's' || code == 'u';
    if (pairs && filled instanceof Map<?, ?>) {
      @SuppressWarnings("unchecked") // every dictionary here was made by this machine
      Map<Object, Object> map = (Map<Object, Object>) filled;
      map.putAll(dictionary(items));
    } else if (!pairs && filled instanceof List<?>) {
      @SuppressWarnings("unchecked") // every list here was made by this machine
      List<Object> list = (List<Object>) filled;
      list.addAll(items);
    } else if (!(filled instanceof PickleObject)) { // of which nobody asks what it holds
      throw new BadPickleException("fills what is no list and no dictionary");
    }
  }

  private static Map<Object, Object> dictionary(List<Object> pairs) throws BadPickleException {
    if (pairs.size() % 2 != 0) {
      throw new BadPickleException("has a dictionary with a key without a value");
    }
    Map<Object, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.size(); i += 2) {
      map.put(key(pairs.get(i)), pairs.get(i + 1));
    }
    return map;
  }

  /** Keys are compared by their value where that takes one step, and by identity otherwise. */
  private static Object key(Object key) {
    boolean simple = key instanceof String || key instanceof Number || key instanceof Boolean;
    return simple || key instanceof PickleGlobal || key == NONE ? key : new Object();
  }

  private void stackGlobal() throws BadPickleException {
    Object name = pop();
    Object module = pop();
    if (!(name instanceof String named) || !(module instanceof String place)) {
      throw new BadPickleException("names a class by what is no text");
    }
    push(new PickleGlobal(place, named));
  }

  private void callWithNames() throws BadPickleException {
    pop(); // arguments with names, which nothing that is known here takes
    call(pop(), pop());
  }

  private void call(Object arguments, Object callable) throws BadPickleException {
    if (!(arguments instanceof PickleTuple tuple)) {
      throw new BadPickleException("calls something with what is no tuple");
    }
    if (callable instanceof PickleGlobal global) {
      push(constructors.call(global, tuple.items()));
    } else if (callable instanceof PickleObject object) {
      push(new PickleObject(object.type()));
    } else {
      throw new BadPickleException("calls what is no class and no function");
    }
  }

  private static void build(Object state, Object built) {
    if (built instanceof PickleObject object) {
      object.give(state);
    }
    // What PyTorch gives its dictionaries and parameters is no weight.
  }
}
