package org.kt4j.cli;

import com.google.inject.CreationException;
import com.google.inject.ProvisionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.DataException;
import org.kt4j.engine.cache.CacheException;
import org.kt4j.engine.checkpoint.CheckpointException;
import org.kt4j.engine.export.ExportException;
import org.kt4j.engine.export.ExportMismatchException;
import org.kt4j.engine.graph.NativeLibraryException;
import org.kt4j.engine.graph.TensorFlowFailure;
import org.kt4j.engine.model.ModelException;
import org.kt4j.engine.run.RunFolderException;
import org.kt4j.engine.run.TrainingException;
import org.kt4j.engine.teacher.WeightsException;

/** Tells the user of a failure and picks the exit code. */
final class Failure {

  static final int FAILED = 1;
  static final int BAD_INPUT = 2;

  private Failure() {}

  /** Prints one message, and where it came from when that was asked for. */
  static int report(Terminal terminal, Throwable thrown, boolean verbose) {
    Throwable e = cause(thrown);
    if (e instanceof ConfigurationException wrong && wrong.problems().size() > 1) {
      List<String> problems = wrong.problems();
      terminal.error(problems.size() + " problems:");
      problems.forEach(problem -> terminal.plainError("  " + problem));
    } else {
      terminal.error(message(e));
    }
    if (verbose) {
      thrown.printStackTrace(terminal.err());
    }
    return isBadInput(e) ? BAD_INPUT : FAILED;
  }

  private static boolean isBadInput(Throwable e) {
    return e instanceof BadInputException
        || e instanceof ConfigurationException
        || e instanceof InvalidOptionException
        || e instanceof DataException
        || e instanceof WeightsException
        || e instanceof ModelException
        || e instanceof ExportException
        || e instanceof RunFolderException
        || fileProblem(e).map(FileProblem::ofInput).orElse(false);
  }

  private static Optional<FileProblem> fileProblem(Throwable e) {
    Throwable cause = e instanceof UncheckedIOException ? e.getCause() : e;
    return cause == null ? Optional.empty() : FileProblem.of(cause);
  }

  private static String message(Throwable e) {
    if (e instanceof UncheckedIOException io && io.getCause() != null) {
      return unchecked(io, io.getCause());
    }
    Optional<FileProblem> file = FileProblem.of(e);
    if (file.isPresent()) {
      return file.get().sentence();
    }
    if (isBadInput(e)
        || e instanceof TrainingException
        || e instanceof CheckpointException
        || e instanceof CacheException
        || e instanceof ExportMismatchException) {
      return String.valueOf(e.getMessage());
    }
    if (e instanceof StackOverflowError) {
      return "something is nested too deeply to be read; fix: nest it less deeply, or give Java a"
          + " larger stack with JAVA_TOOL_OPTIONS=-Xss16m";
    }
    if (TensorFlowFailure.is(e)) {
      return "TensorFlow failed: " + TensorFlowFailure.described(e) + "; --verbose shows where";
    }
    if (e instanceof OutOfMemoryError) {
      return "the memory is not enough ("
          + e.getMessage()
          + "); fix: a smaller batch-size, fewer pictures, or more memory for Java with"
          + " JAVA_TOOL_OPTIONS=-Xmx8g";
    }
    if (e instanceof NativeLibraryException) {
      return String.valueOf(e.getMessage());
    }
    if (e instanceof UnsatisfiedLinkError) {
      return "native code cannot be loaded: "
          + e.getMessage()
          + "; fix: build on this machine, for its system and processor";
    }
    if (e instanceof LinkageError) {
      return "the JARs on the class path do not fit together: "
          + e
          + "; fix: build anew, with the versions of libraries that kt4j names";
    }
    return "this should not happen: " + e + "; --verbose shows where";
  }

  private static String unchecked(UncheckedIOException e, IOException cause) {
    String reason =
        FileProblem.of(cause).map(FileProblem::sentence).orElseGet(() -> String.valueOf(cause));
    boolean saysNoMore = cause.toString().equals(e.getMessage());
    return saysNoMore ? reason : e.getMessage() + " (" + reason + ")";
  }

  /** What Guice or another thread wrapped. */
  private static Throwable cause(Throwable e) {
    Throwable inner = e.getCause();
    boolean wrapper =
        e instanceof ProvisionException
            || e instanceof CreationException
            || e instanceof CompletionException;
    return wrapper && inner != null ? inner : e;
  }
}
