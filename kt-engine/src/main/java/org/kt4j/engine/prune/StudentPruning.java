package org.kt4j.engine.prune;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.kt4j.api.FilterCriterion;
import org.kt4j.engine.experiment.PruneConfig;
import org.kt4j.engine.task.PrunableNetwork;
import org.kt4j.engine.teacher.Weights;

/** Makes a narrower network out of a trained one; found by {@link java.util.ServiceLoader}. */
public interface StudentPruning {

  /**
   * Checks what is asked for against the network, without looking at pictures.
   *
   * @throws org.kt4j.config.ConfigurationException when it does not suit it
   */
  void check(PrunableNetwork network, PruneConfig.Keys keys);

  /**
   * Prunes once.
   *
   * @param criterion the filters' scores
   * @param config what is asked for
   * @param whole the widths of the network that shares are of, as of {@link
   *     PrunableNetwork#widths}; those of an earlier round, where there was one
   * @param seed of the pictures, of positions in them, and of criteria that draw
   * @param progress receives what is being done
   * @throws org.kt4j.config.ConfigurationException when it does not suit the network, or a budget
   *     cannot be reached
   */
  Pruned prune(
      PrunableNetwork network,
      FilterCriterion criterion,
      PruneConfig config,
      Map<String, Integer> whole,
      long seed,
      Consumer<String> progress);

  /**
   * A pruned network.
   *
   * @param widths filters of each convolution whose width is not the one of the network's
   *     definition
   * @param weights of what is left
   * @param layers what has become of each layer
   * @param before the whole
   * @param after what is left
   */
  record Pruned(
      Map<String, Integer> widths, Weights weights, List<Layer> layers, Cost before, Cost after) {}

  /**
   * One layer.
   *
   * @param name of the layer
   * @param filtersBefore of the whole network
   * @param filtersAfter of what is left
   * @param flopsBefore of one picture, a multiplication and an addition counted as two
   * @param flopsAfter the same of what is left
   * @param parametersBefore of the layer itself, without its normalisation
   * @param parametersAfter the same of what is left
   */
  record Layer(
      String name,
      int filtersBefore,
      int filtersAfter,
      long flopsBefore,
      long flopsAfter,
      long parametersBefore,
      long parametersAfter) {}

  /**
   * What a network costs.
   *
   * @param parameters trainable ones
   * @param flops of one picture, a multiplication and an addition counted as two
   */
  record Cost(long parameters, long flops) {}
}
