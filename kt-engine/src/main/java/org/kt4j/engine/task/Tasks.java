package org.kt4j.engine.task;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.kt4j.config.ConfigurationException;
import org.kt4j.config.NearestName;
import org.kt4j.engine.experiment.ExperimentConfig;

/** The tasks on the class path, by name. */
@Singleton
public final class Tasks {

  private final Map<String, Task> byName = new TreeMap<>();

  /**
   * Creates the collection from the tasks that Guice found.
   *
   * @throws IllegalArgumentException when two have one name
   */
  @Inject
  public Tasks(Set<Task> found) {
    for (Task task : found) {
      Task other = byName.put(task.name(), task);
      if (other != null) {
        throw new IllegalArgumentException(
            "two tasks are called '"
                + task.name()
                + "': "
                + other.getClass().getName()
                + " and "
                + task.getClass().getName()
                + "; remove one of the artifacts");
      }
    }
  }

  /** All of them, by name. */
  public Collection<Task> all() {
    return Collections.unmodifiableCollection(byName.values());
  }

  /**
   * The task of a name.
   *
   * @param place where it was named, for the message
   * @throws ConfigurationException when there is none; the message lists the known ones
   */
  public Task named(String place, String name) {
    Task task = byName.get(name);
    if (task == null) {
      throw ConfigurationException.of(
          place + ": " + NearestName.unknown("task", name, byName.keySet()));
    }
    return task;
  }

  /**
   * Returns the task of an experiment: the one that it names, otherwise the one that its student
   * suits.
   *
   * @throws ConfigurationException when there is none, or several
   */
  public Task of(ExperimentConfig config) {
    String named = config.task();
    if (named != null) {
      return named("task", named);
    }
    List<Task> suitable = byName.values().stream().filter(task -> task.suits(config)).toList();
    if (suitable.size() == 1) {
      return suitable.get(0);
    }
    String student = "student.network: " + config.student().network();
    throw ConfigurationException.of(
        suitable.isEmpty()
            ? student
                + ": no task on the class path is for such a student; known tasks: "
                + (byName.isEmpty() ? "none" : String.join(", ", byName.keySet()))
                + "; fix: name one, task: NAME, or add the artifact of another"
            : student
                + ": several tasks are for such a student: "
                + String.join(", ", suitable.stream().map(Task::name).toList())
                + "; fix: name one, task: "
                + suitable.get(0).name());
  }
}
