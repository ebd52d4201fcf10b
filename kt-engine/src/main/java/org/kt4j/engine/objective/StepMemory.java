package org.kt4j.engine.objective;

import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.MachineMemory;
import org.kt4j.engine.graph.Variables;
import org.tensorflow.Operation;
import org.tensorflow.ndarray.Shape;

/**
 * What a training step needs of the machine's memory at least: the weights, their gradients, and
 * the outputs of the layers with weights, which the gradients need. Everything else comes on top,
 * so a step that does not fit by this count does not fit at all.
 */
record StepMemory(long weights, double valuesPerPicture) {

  private static final int FLOAT = 4;

  /** Operations whose output is kept until the gradients are computed. */
  private static final Set<String> KEPT = Set.of("Conv2D", "DepthwiseConv2dNative", "MatMul");

  /**
   * Counts a student in training mode.
   *
   * @param graph that holds nothing else yet
   * @param student its variables
   */
  static StepMemory of(ImageGraph graph, Variables student) {
    double values = 0;
    for (Iterator<? extends Operation> all = graph.graph().operations(); all.hasNext(); ) {
      Operation operation = all.next();
      if (KEPT.contains(operation.type())) {
        values += perPicture(operation.output(0).shape());
      }
    }
    return new StepMemory(student.parameterCount(), values);
  }

  /** The product of all sizes but the first; 0 where one is not known. */
  private static double perPicture(Shape shape) {
    double values = 1;
    for (int axis = 1; axis < shape.numDimensions(); axis++) {
      values *= Math.max(0, shape.get(axis));
    }
    return shape.numDimensions() < 2 ? 0 : values;
  }

  /**
   * Checks that a step fits into the memory of the machine.
   *
   * @param picture the shape of the pictures
   * @param available bytes of memory
   * @throws ConfigurationException when it does not fit
   */
  void require(int batchSize, ImageShape picture, long available) {
    if ((long) batchSize * picture.bytes() > Integer.MAX_VALUE) {
      throw ConfigurationException.of(
          "batch-size: "
              + batchSize
              + " pictures of "
              + picture
              + " have more than 2 GiB; allowed: 1 to "
              + Integer.MAX_VALUE / picture.bytes()
              + " of this size");
    }
    double ofWeights = 2.0 * FLOAT * weights;
    double ofMaps = FLOAT * valuesPerPicture * batchSize;
    if (ofWeights + ofMaps > available) {
      throw ConfigurationException.of(
          String.format(
              Locale.ROOT,
              "student: a training step needs %s or more: %s for %,d weights and their gradients,"
                  + " and %s for the feature maps of %d pictures (batch-size); this machine has %s;"
                  + " fix: %s",
              MachineMemory.gibibytes(ofWeights + ofMaps),
              MachineMemory.gibibytes(ofWeights),
              weights,
              MachineMemory.gibibytes(ofMaps),
              batchSize,
              MachineMemory.gibibytes((double) available),
              ofWeights > ofMaps
                  ? "a network with fewer or narrower layers"
                  : "a smaller batch-size, smaller pictures, or a network with fewer or narrower"
                      + " layers"));
    }
  }
}
