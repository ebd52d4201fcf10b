package org.kt4j.engine.graph;

import com.sun.jna.Library;
import com.sun.jna.Native;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/**
 * Starts native TensorFlow with the settings that training on a CPU needs.
 *
 * <p>TensorFlow reads {@code TF_ENABLE_ONEDNN_OPTS} from the environment of the process when it is
 * loaded, and a JVM cannot change its environment through Java. So it is set through libc, before
 * the first TensorFlow class is touched. A value that the user has set is left alone.
 */
public final class NativeRuntime {

  private static final Logger LOG = LoggerFactory.getLogger(NativeRuntime.class);

  private static final String ONE_DNN = "TF_ENABLE_ONEDNN_OPTS";

  private static final int STANDARD_ERROR = 2;
  private static final int WRITE_ONLY = 1;

  private interface LibC extends Library {
    int setenv(String name, String value, int overwrite);

    int open(String path, int flags);

    int dup(int descriptor);

    int dup2(int from, int to);

    int close(int descriptor);
  }

  private NativeRuntime() {}

  /** A new graph, with the native library started as described above. */
  public static Graph newGraph() {
    start();
    return new Graph();
  }

  /** Prepares the environment; harmless when called again. */
  public static void start() {
    // The holder's class initializer runs once and before anything of TensorFlow.
    if (!Environment.PREPARED) {
      LOG.warn("oneDNN could not be switched on; training will be about half as fast");
    }
  }

  /** Whether oneDNN is switched on, by this class or by the user. */
  public static boolean usesOneDnn() {
    return Environment.PREPARED && !"0".equals(System.getenv(ONE_DNN));
  }

  private static final class Environment {

    static final boolean PREPARED = prepare();

    private static boolean prepare() {
      try {
        LibC libc = Native.load("c", LibC.class);
        boolean set =
            libc.setenv(ONE_DNN, "1", 0) == 0 && libc.setenv("TF_CPP_MIN_LOG_LEVEL", "2", 0) == 0;
        firstRunInSilence(libc);
        return set;
      } catch (UnsatisfiedLinkError e) {
        LOG.debug("no libc to set the environment with", e);
        return false;
      }
    }

    /**
     * The first session of a process prints two lines about itself which no setting turns off. So
     * the first session is a trivial one, with standard error closed to it.
     */
    private static void firstRunInSilence(LibC libc) {
      int kept = libc.dup(STANDARD_ERROR);
      int nowhere = libc.open("/dev/null", WRITE_ONLY);
      if (kept < 0 || nowhere < 0) {
        return;
      }
      libc.dup2(nowhere, STANDARD_ERROR);
      try (Graph graph = new Graph();
          Session session = new Session(graph)) {
        session.runner().fetch(Ops.create(graph).constant(0f)).run().close();
      } finally {
        libc.dup2(kept, STANDARD_ERROR);
        libc.close(kept);
        libc.close(nowhere);
      }
    }
  }
}
