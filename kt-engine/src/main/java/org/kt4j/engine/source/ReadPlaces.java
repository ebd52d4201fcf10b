package org.kt4j.engine.source;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.experiment.BaselineConfig;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.RunSource;
import org.kt4j.engine.experiment.StartConfig;
import org.kt4j.engine.experiment.TeacherConfig;
import org.kt4j.engine.experiment.TeacherSource;
import org.kt4j.engine.experiment.WeightSource;

/**
 * Sees to it that a run does not write where it reads: its folder holds nothing of its teachers,
 * its starting point, its baseline or its data, nor of theirs, and lies in none of these runs.
 */
final class ReadPlaces {

  private final SourceResolver sources;
  private final Path written;
  private final Path folder;
  private final Set<Path> seen = new HashSet<>();
  private final List<String> problems = new ArrayList<>();

  private ReadPlaces(Path folder, SourceResolver sources) {
    this.folder = folder;
    this.written = real(folder);
    this.sources = sources;
  }

  /**
   * Checks one run.
   *
   * @throws ConfigurationException when it would write where it reads
   */
  static void requireApart(RunPlan plan, SourceResolver sources) {
    ReadPlaces places = new ReadPlaces(plan.folder(), sources);
    places.ofExperiment(plan.config());
    BaselineConfig baseline = plan.config().baseline();
    if (baseline != null) {
      places.ofRun("baseline", sources.baseline(baseline, plan.config()));
    }
    if (!places.problems.isEmpty()) {
      throw new ConfigurationException(places.problems);
    }
  }

  private void ofExperiment(ExperimentConfig config) {
    List<TeacherConfig> teachers = config.allTeachers();
    for (int t = 0; t < teachers.size(); t++) {
      String place = config.teacherKey(t);
      TeacherSource source = teachers.get(t).source();
      if (source instanceof RunSource run) {
        ofRun(place, sources.run(place, run));
      } else if (source instanceof TeacherSource.OfWeights file) {
        ofFile(place, file.weights());
      } else if (source instanceof TeacherSource.OfModel file) {
        ofFile(place, file.model());
      }
    }
    StartConfig start = config.start();
    if (start != null && start.source() instanceof RunSource run) {
      ofRun("start", sources.run("start", run));
    } else if (start != null && start.source() instanceof WeightSource.OfWeights file) {
      ofFile("start", file.weights());
    }
    ofData(config.data().options());
  }

  private void ofRun(String place, SourceRun run) {
    Path read = real(run.folder());
    if (!seen.add(read)) {
      return;
    }
    if (read.startsWith(written) || written.startsWith(read)) {
      refuse(place, "the run " + run.folder());
    } else if (run.file() != null) {
      ofExperiment(run.config()); // it is trained first, from what it reads
    }
  }

  private void ofFile(String place, Path file) {
    if (real(file).startsWith(written)) {
      refuse(place, file.toString());
    }
  }

  /** Data sets call the folder of their files {@code path}. */
  private void ofData(Record options) {
    for (RecordComponent component : options.getClass().getRecordComponents()) {
      if (component.getName().equals("path")) {
        try {
          component.getAccessor().setAccessible(true); // the record need not be public
          Object path = component.getAccessor().invoke(options);
          if (path != null && !path.toString().isEmpty()) {
            ofFile("data.path", Path.of(path.toString()));
          }
        } catch (ReflectiveOperationException e) {
          throw new IllegalStateException(component + " cannot be read", e);
        } catch (InvalidPathException e) {
          return; // the data set says what is wrong with it
        }
      }
    }
  }

  private void refuse(String place, String read) {
    problems.add(
        folder
            + ": is no folder for this run, which reads "
            + read
            + " there ("
            + place
            + "); nothing was changed; fix: choose another folder with --out");
  }

  /** A path without links, of which the last names need not exist. */
  private static Path real(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    Path there = absolute;
    while (there.getParent() != null && !Files.exists(there)) {
      there = there.getParent();
    }
    try {
      return there.toRealPath().resolve(there.relativize(absolute));
    } catch (IOException e) {
      return absolute;
    }
  }
}
