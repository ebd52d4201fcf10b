package org.kt4j.cli;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Stage;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.kt4j.comparison.figures.TransferFigures;
import org.kt4j.comparison.suite.SuiteReader;
import org.kt4j.comparison.suite.SuiteRunner;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.draft.DraftTimer;
import org.kt4j.engine.draft.FolderData;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.prune.PrunedStudents;
import org.kt4j.engine.registry.Datasets;
import org.kt4j.engine.registry.FilterCriteria;
import org.kt4j.engine.registry.Methods;
import org.kt4j.engine.registry.Networks;
import org.kt4j.engine.registry.WeightCriteria;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.task.Tasks;
import org.kt4j.engine.training.MethodFit;
import org.kt4j.engine.training.StepTimer;
import org.kt4j.engine.training.Trainer;

/** What is on the class path, looked for when it is first asked for. */
final class Installed {

  private @Nullable Injector injector;

  Methods methods() {
    return injector().getInstance(Methods.class);
  }

  Networks networks() {
    return injector().getInstance(Networks.class);
  }

  Datasets datasets() {
    return injector().getInstance(Datasets.class);
  }

  ExperimentReader reader() {
    return injector().getInstance(ExperimentReader.class);
  }

  /**
   * The configuration of a run that was named.
   *
   * @param allowed what may be named
   * @throws BadInputException when the folder holds no run
   */
  ExperimentConfig configOf(Path run, String allowed) {
    if (!Files.exists(RunFolder.config(run))) {
      throw new BadInputException(run + ": holds no run (no config.yaml); allowed: " + allowed);
    }
    return reader().readResolved(RunFolder.config(run));
  }

  Trainer trainer() {
    return injector().getInstance(Trainer.class);
  }

  MethodFit methodFit() {
    return injector().getInstance(MethodFit.class);
  }

  StepTimer stepTimer() {
    return injector().getInstance(StepTimer.class);
  }

  FolderData folderData() {
    return injector().getInstance(FolderData.class);
  }

  DraftTimer draftTimer() {
    return injector().getInstance(DraftTimer.class);
  }

  Tasks tasks() {
    return injector().getInstance(Tasks.class);
  }

  FilterCriteria filterCriteria() {
    return injector().getInstance(FilterCriteria.class);
  }

  WeightCriteria weightCriteria() {
    return injector().getInstance(WeightCriteria.class);
  }

  PrunedStudents pruned() {
    return injector().getInstance(PrunedStudents.class);
  }

  SuiteReader suites() {
    return injector().getInstance(SuiteReader.class);
  }

  SuiteRunner suiteRunner() {
    return injector().getInstance(SuiteRunner.class);
  }

  TransferFigures figures() {
    return injector().getInstance(TransferFigures.class);
  }

  private Injector injector() {
    Injector made = injector;
    if (made == null) {
      made = Guice.createInjector(Stage.DEVELOPMENT, KtModule.fromClassPath());
      injector = made;
    }
    return made;
  }
}
