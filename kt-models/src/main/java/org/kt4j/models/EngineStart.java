package org.kt4j.models;

import ai.djl.engine.Engine;
import ai.djl.util.Utils;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.bytedeco.javacpp.Loader;
import org.kt4j.engine.graph.NativeFailure;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.model.ModelException;
import org.kt4j.onnx.OnnxLibraries;

/** Starts engines of DJL, each once, without their downloads and their maker's statistics. */
final class EngineStart {

  private static final String OFFLINE = "ai.djl.offline";

  /** Set by the script of an archive, which cannot build with other profiles. */
  private static final String ARCHIVE = "kt.archive";

  /** About what the libraries of one of these engines take at least. */
  private static final long UNPACKED_BYTES = 24L << 20;

  private EngineStart() {}

  /**
   * Starts an engine; harmless when called again.
   *
   * @param file that needs it, for the message
   * @throws ModelException when it is not on the class path, or its native library is not
   */
  static synchronized void start(ModelEngine engine, Path file) {
    // Always first, so that the native libraries load in one order and find one environment.
    NativeRuntime.start();
    setUnlessGiven("OPT_OUT_TRACKING", "true");
    if (engine == ModelEngine.ONNX_RUNTIME) {
      // Or each of its arrays starts TensorFlow or PyTorch for the operations that it lacks itself.
      setUnlessGiven("ai.djl.onnx.disable_alternative", "true");
      OnnxLibraries.unpack(file.toString());
    }
    if (engine == ModelEngine.TENSORFLOW && System.getProperty("TENSORFLOW_LIBRARY_PATH") == null) {
      // Or DJL downloads a TensorFlow of its own.
      System.setProperty(
          "TENSORFLOW_LIBRARY_PATH",
          Loader.load(org.tensorflow.internal.c_api.global.tensorflow.class));
    }
    // While engines start is when they download. Later DJL may: the user's data sets come by it.
    String given = System.getProperty(OFFLINE);
    System.setProperty(OFFLINE, "true");
    // It prints a stack trace of what is thrown below as well. Kept, or it would be made anew.
    Logger loud = Logger.getLogger("ai.onnxruntime.OnnxRuntime");
    Level before = loud.getLevel();
    loud.setLevel(Level.OFF);
    boolean present;
    try {
      present = Engine.hasEngine(engine.djlName());
      if (present) {
        Engine.getEngine(engine.djlName());
      }
    } catch (RuntimeException | LinkageError | AssertionError e) {
      throw new ModelException(file, broken(engine, e), e);
    } finally {
      loud.setLevel(before);
      if (given == null) {
        System.clearProperty(OFFLINE);
      } else {
        System.setProperty(OFFLINE, given);
      }
    }
    if (!present) {
      throw new ModelException(file, missing(engine));
    }
  }

  private static void setUnlessGiven(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static String missing(ModelEngine engine) {
    return "needs DJL's "
        + engine.djlName()
        + " engine, which is not on the class path; fix: add "
        + artifacts(engine);
  }

  private static String broken(ModelEngine engine, Throwable failure) {
    String start = "needs DJL's " + engine.djlName() + " engine, which does not start";
    return NativeFailure.explained(failure, Utils.getEngineCacheDir(), UNPACKED_BYTES)
        .map(reason -> start + ": " + reason)
        .orElseGet(
            () ->
                start
                    + " ("
                    + ModelException.reason(failure)
                    + "); fix: the class path needs "
                    + artifacts(engine));
  }

  private static String artifacts(ModelEngine engine) {
    String artifact = engine.artifact() + ":" + Engine.getDjlVersion();
    return switch (engine) {
      case ONNX_RUNTIME -> artifact;
      case PYTORCH ->
          artifact
              + " with pytorch-native-cpu and pytorch-jni, "
              + (System.getProperty(ARCHIVE) == null
                  ? "or with ./kt: KT_PROFILES=pytorch ./kt ..."
                  : "as JARs in the folder lib of the unpacked archive");
      case TENSORFLOW -> artifact + " without its dependency tensorflow-api";
    };
  }
}
