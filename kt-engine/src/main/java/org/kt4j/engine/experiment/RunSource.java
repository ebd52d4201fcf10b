package org.kt4j.engine.experiment;

import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.kt4j.api.Description;

/** A run of ours, by its folder or by the configuration that it is trained from. */
public sealed interface RunSource extends WeightSource, TeacherSource {

  /**
   * A run that is there.
   *
   * @param run its folder
   */
  record OfRun(@Description("a run folder") Path run) implements RunSource {

    @Override
    public String described(UnaryOperator<String> path) {
      return "from " + path.apply(run.toString());
    }
  }

  /**
   * A run that is trained first, once, when it is needed.
   *
   * @param config its configuration
   */
  record OfConfiguration(
      @Description("a configuration that is trained first, once; found beside this one")
          Path config)
      implements RunSource {

    @Override
    public String described(UnaryOperator<String> path) {
      return "from " + path.apply(config.toString());
    }

    /** The same, found beside the file that names it. */
    OfConfiguration beside(Path file) {
      return new OfConfiguration(file.resolveSibling(config).normalize());
    }
  }
}
