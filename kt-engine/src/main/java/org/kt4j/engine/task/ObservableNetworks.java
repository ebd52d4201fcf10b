package org.kt4j.engine.task;

import java.util.Map;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.Split;
import org.kt4j.engine.teacher.Teacher;

/**
 * The networks of an experiment and their pictures, for figures of their neurons. All pictures have
 * the same size. The caller closes it.
 */
public interface ObservableNetworks extends AutoCloseable {

  /** The pictures of a part of the data, as the networks see them. */
  ImageDataset pictures(Split split);

  /** The student of a run of this experiment, or of another with the same student and data. */
  Teacher student(TrainedRun run);

  /** The student with its initial weights. */
  Teacher untrained();

  /** The teachers by name, in the order of the configuration. */
  Map<String, Teacher> teachers();

  @Override
  void close();
}
