package org.kt4j.engine.graph;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormatSymbols;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;

/**
 * Starts native TensorFlow with the settings that training on a CPU needs.
 *
 * <p>TensorFlow reads {@code TF_ENABLE_ONEDNN_OPTS} from the environment of the process when it is
 * loaded, and a JVM cannot change its environment through Java. So it is set through libc, before
 * the first TensorFlow class is touched. A value that the user has set is left alone.
 *
 * <p>{@code OMP_WAIT_POLICY} is set the same way, for PyTorch, which runs teachers of its own
 * format: threads of OpenMP that spin while they wait take the processors from those that work.
 * TorchScript's ResNet-56 takes 0.1 s for 64 pictures on two processors, and over 2 s when another
 * process wants one of them; with the setting 0.25 s.
 *
 * <p>{@code TF_DETERMINISTIC_OPS} likewise, but only for what asks for it ({@link #addInOneOrder}):
 * a step of other runs takes 4 to 9 % longer with it and gains nothing ({@code benchmarks/run step
 * throughput}, with the variable at 1 and at 0).
 *
 * <p>glibc gives the memory of a large tensor back to the system when it is freed and fetches it
 * anew, page by page, for the next one; a training step does so hundreds of times. It is told to
 * keep what was freed instead: a step of ResNet-20 takes a tenth less time ({@code benchmarks/run
 * step throughput}, with and without the variable {@code MALLOC_TRIM_THRESHOLD_}).
 *
 * <p>A default locale whose digits are not 0 to 9 is replaced for formatting, since TensorFlow Java
 * writes numbers into names with it.
 *
 * <p>JavaCPP ends a process whose memory exceeds four times the heap. Tensors live outside the
 * heap, so that says nothing about leaks here; the limit is lifted unless the user has set one.
 */
public final class NativeRuntime {

  private static final Logger LOG = LoggerFactory.getLogger(NativeRuntime.class);

  private static final String ONE_DNN = "TF_ENABLE_ONEDNN_OPTS";
  private static final String PHYSICAL_LIMIT = "org.bytedeco.javacpp.maxPhysicalBytes";

  private static final String IN_ONE_ORDER = "TF_DETERMINISTIC_OPS";

  private static boolean inOneOrder;
  private static boolean trained;

  /** About what TensorFlow's native library takes when it is unpacked. */
  private static final long UNPACKED_BYTES = 700L << 20;

  private static final Path NVIDIA_DRIVER = Path.of("/proc/driver/nvidia/version");

  private static final int STANDARD_ERROR = 2;
  private static final int WRITE_ONLY = 1;

  private interface LibC extends Library {
    int setenv(String name, String value, int overwrite);

    int open(String path, int flags);

    int dup(int descriptor);

    int dup2(int from, int to);

    int close(int descriptor);
  }

  /** What only glibc has. */
  private interface Glibc extends Library {
    int mallopt(int parameter, int value);

    int malloc_trim(long left);
  }

  /** {@code M_TRIM_THRESHOLD} and {@code M_MMAP_THRESHOLD} of glibc's malloc.h. */
  private static final int TRIM_THRESHOLD = -1;

  private static final int MMAP_THRESHOLD = -3;

  /** A system property. */
  private static final String LOG_LEVEL = "kt.tensorflow.log-level";

  /** A system property: {@code false} runs every graph as it was built. */
  private static final String REWRITING = "kt.tensorflow.rewriting";

  private NativeRuntime() {}

  /**
   * A new graph, with the native library started as described above.
   *
   * @throws NativeLibraryException when it cannot be loaded here
   */
  public static Graph newGraph() {
    start();
    return new Graph();
  }

  /**
   * How sessions optimise their graphs. Left out is what costs time and changes nothing here: the
   * pass that trades memory for time, which estimates the cost of every operation and writes a long
   * warning about each that it has no estimate for; the passes for control flow within functions;
   * and a second round of all passes, which finds a few equal operations at most and takes nearly
   * as long as the first. TensorFlow prepares a graph anew for each set of things that are asked
   * for, so that a small training spends most of its time there.
   *
   * <p>With the system property {@code kt.tensorflow.rewriting=false} nothing is optimised: steps
   * are slower then and small trainings faster, and what only happens without it is TensorFlow's.
   */
  public static ConfigProto sessionConfig() {
    if ("false".equals(System.getProperty(REWRITING))) {
      return unoptimised();
    }
    return rewriting(
        RewriterConfig.newBuilder()
            .setMemoryOptimization(RewriterConfig.MemOptType.NO_MEM_OPT)
            .setDisableTfgOptimizer(true)
            .setMetaOptimizerIterations(RewriterConfig.NumIterationsType.ONE));
  }

  /**
   * For a graph that has nothing to optimise, such as one that only reads or writes: it is run as
   * it is.
   */
  public static ConfigProto unoptimised() {
    return rewriting(RewriterConfig.newBuilder().setDisableMetaOptimizer(true));
  }

  private static ConfigProto rewriting(RewriterConfig.Builder options) {
    return ConfigProto.newBuilder()
        .setGraphOptions(GraphOptions.newBuilder().setRewriteOptions(options))
        .build();
  }

  /**
   * Prepares the environment; harmless when called again.
   *
   * @throws NativeLibraryException when TensorFlow's native library cannot be loaded here
   */
  public static void start() {
    useDigitsThatNamesMayHold();
    // The holder's class initializer runs once and before anything of TensorFlow.
    Environment.BROKEN.ifPresent(
        broken -> {
          throw new NativeLibraryException(
              "TensorFlow's native library cannot be loaded: " + reason(broken), broken);
        });
  }

  /**
   * TensorFlow Java numbers its operations in the digits of the default locale, and TensorFlow
   * takes no name with others than 0 to 9: under Arabic, Persian or Hindi settings no graph could
   * be built. What is formatted by default then is so for English readers; texts and sorting keep
   * the user's language.
   */
  private static void useDigitsThatNamesMayHold() {
    Locale locale = Locale.getDefault(Locale.Category.FORMAT);
    if (DecimalFormatSymbols.getInstance(locale).getZeroDigit() != '0') {
      LOG.debug("numbers are formatted without the digits of {} from now on", locale);
      Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
    }
  }

  private static String reason(Throwable broken) {
    return NativeFailure.explained(broken, unpacked(), UNPACKED_BYTES)
        .orElseGet(
            () ->
                broken.getMessage()
                    + "; fix: the class path needs org.tensorflow:tensorflow-core-native with the"
                    + " classifier of this system and processor, which a build on this machine"
                    + " chooses");
  }

  private static Path unpacked() {
    try {
      return Loader.getCacheDir().toPath();
    } catch (IOException e) {
      return Path.of(System.getProperty("java.io.tmpdir"));
    }
  }

  /**
   * Lets gradients whose threads add to the same numbers, such as that of RoIAlign, add in one
   * order, so that a run ends as another did. TensorFlow looks at the setting when it first
   * computes such an operation, so this has to be called before anything is trained in the process;
   * a warning says when it was not. A value of the environment variable that the user has set is
   * left alone. Nothing happens where there is an NVIDIA driver: there TensorFlow refuses what it
   * has no deterministic form of.
   */
  public static synchronized void addInOneOrder() {
    start();
    if (inOneOrder || System.getenv(IN_ONE_ORDER) != null || Files.exists(NVIDIA_DRIVER)) {
      return;
    }
    inOneOrder = true;
    if (trained) {
      LOG.warn(
          "something was trained in this process before; a run whose gradients have to be added in"
              + " one order will not end with the same numbers twice; fix: set {}=1 in the"
              + " environment",
          IN_ONE_ORDER);
    }
    LibC libc = Environment.LIBC;
    if (libc != null) {
      libc.setenv(IN_ONE_ORDER, "1", 0);
    }
  }

  /**
   * Does something with standard error closed to the process, for what native code prints without
   * being asked and no setting turns off.
   */
  public static <T> T inSilence(Supplier<T> work) {
    LibC libc = Environment.LIBC;
    return libc == null ? work.get() : Environment.inSilence(libc, work);
  }

  /**
   * Keeps TensorFlow from printing errors, for a caller that explains each in words of its own;
   * works only before anything of TensorFlow is used in the process.
   */
  public static void printNoErrors() {
    System.setProperty(LOG_LEVEL, "3");
  }

  /** Gives back to the system what was freed and kept, where that can be asked for. */
  public static void giveBackFreedMemory() {
    Glibc glibc = Environment.GLIBC;
    if (glibc != null) {
      glibc.malloc_trim(0);
    }
  }

  /** Notes that gradients are computed from now on. */
  public static synchronized void training() {
    trained = true;
  }

  /** Whether oneDNN is switched on, by this class or by the user. */
  public static boolean usesOneDnn() {
    return Environment.PREPARED && !"0".equals(System.getenv(ONE_DNN));
  }

  private static final class Environment {

    /** Null where there is none, or JNA cannot unpack its native code. */
    static final @Nullable LibC LIBC = libc();

    /** Null where the C library is another. */
    static final @Nullable Glibc GLIBC = glibc();

    static final boolean PREPARED = prepare();

    /** What TensorFlow's native library threw when it was loaded. */
    static final Optional<Throwable> BROKEN = load();

    private static @Nullable LibC libc() {
      NativeFolders.settle();
      try {
        return Native.load("c", LibC.class);
      } catch (LinkageError e) {
        LOG.debug("no libc to set the environment with", e);
        return null;
      }
    }

    private static boolean prepare() {
      if (System.getProperty(PHYSICAL_LIMIT) == null) {
        System.setProperty(PHYSICAL_LIMIT, "0");
      }
      LibC libc = LIBC;
      if (libc == null) {
        return System.getenv(ONE_DNN) != null;
      }
      boolean set =
          libc.setenv(ONE_DNN, "1", 0) == 0
              && libc.setenv("TF_CPP_MIN_LOG_LEVEL", System.getProperty(LOG_LEVEL, "2"), 0) == 0;
      libc.setenv("GRPC_VERBOSITY", "NONE", 0);
      libc.setenv("OMP_WAIT_POLICY", "PASSIVE", 0);
      keepFreedMemory();
      return set;
    }

    private static Optional<Throwable> load() {
      try {
        Loader.load(org.tensorflow.internal.c_api.global.tensorflow.class);
      } catch (LinkageError e) {
        return Optional.of(e);
      }
      LibC libc = LIBC;
      if (libc != null) {
        firstRunInSilence(libc);
      }
      if (!PREPARED) {
        LOG.warn(
            "oneDNN could not be switched on; training will be about half as fast; fix: set {}=1 in"
                + " the environment",
            ONE_DNN);
      }
      return Optional.empty();
    }

    /** Unless the user has said what to do, or this is another C library. */
    private static void keepFreedMemory() {
      Glibc glibc = GLIBC;
      if (glibc != null && System.getenv("MALLOC_TRIM_THRESHOLD_") == null) {
        glibc.mallopt(MMAP_THRESHOLD, 1 << 30);
        glibc.mallopt(TRIM_THRESHOLD, Integer.MAX_VALUE);
      }
    }

    private static @Nullable Glibc glibc() {
      try {
        Glibc glibc = Native.load("c", Glibc.class);
        for (String function : List.of("mallopt", "malloc_trim")) {
          NativeLibrary.getInstance("c").getFunction(function);
        }
        return glibc;
      } catch (LinkageError e) {
        LOG.debug("freed memory goes back to the system", e);
        return null;
      }
    }

    /**
     * The first session of a process prints two lines about itself which no setting turns off. So
     * the first session is a trivial one, with standard error closed to it.
     */
    private static void firstRunInSilence(LibC libc) {
      inSilence(libc, Environment::firstRun);
    }

    private static boolean firstRun() {
      try (Graph graph = new Graph();
          Session session = new Session(graph, unoptimised())) {
        session.runner().fetch(Ops.create(graph).constant(0f)).run().close();
        return true;
      }
    }

    static <T> T inSilence(LibC libc, Supplier<T> work) {
      int kept = libc.dup(STANDARD_ERROR);
      int nowhere = libc.open("/dev/null", WRITE_ONLY);
      if (kept < 0 || nowhere < 0) {
        return work.get();
      }
      libc.dup2(nowhere, STANDARD_ERROR);
      try {
        return work.get();
      } finally {
        libc.dup2(kept, STANDARD_ERROR);
        libc.close(kept);
        libc.close(nowhere);
      }
    }
  }
}
