package org.kt4j.engine.experiment;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder of a pruned network.
 *
 * <pre>
 * student.yaml   the network with its widths, as it stands in a configuration
 * weights.npz    what is left of the weights
 * pruning.json   how it was made, what became of each layer, what it costs and reaches
 * </pre>
 *
 * <p>{@code student: {pruned: FOLDER}} begins with it.
 */
public final class PrunedFolder {

  /** The student, as YAML. */
  public static final String STUDENT = "student.yaml";

  /** Its weights. */
  public static final String WEIGHTS = "weights.npz";

  /** How it was made. */
  public static final String FACTS = "pruning.json";

  private PrunedFolder() {}

  /** Whether a folder holds a pruned network. */
  public static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(STUDENT))
        && Files.isRegularFile(folder.resolve(WEIGHTS));
  }
}
