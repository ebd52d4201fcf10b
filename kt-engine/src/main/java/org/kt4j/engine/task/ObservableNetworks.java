package org.kt4j.engine.task;

import java.util.Map;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.Split;
import org.kt4j.engine.teacher.Teacher;

/**
 * The networks of an experiment and the pictures that they see, for figures of their neurons. All
 * see pictures of one size. Whoever opened them closes them.
 */
public interface ObservableNetworks extends AutoCloseable {

  /** The pictures of a part of the data, as the networks see them. */
  ImageDataset pictures(Split split);

  /** The student of a run of this experiment, or of another with the same student and data. */
  Teacher student(TrainedRun run);

  /** The student with the values that training begins with. */
  Teacher untrained();

  /** The teachers by name, in the order of the configuration. */
  Map<String, Teacher> teachers();

  @Override
  void close();
}
