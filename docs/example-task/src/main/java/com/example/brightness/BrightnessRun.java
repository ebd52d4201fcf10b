package com.example.brightness;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.objective.ObjectiveTerms;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.task.HeldOutScores;
import org.kt4j.engine.task.TestScores;
import org.kt4j.engine.task.TrainingListener;
import org.kt4j.imagelevel.FrozenNetwork;
import org.kt4j.imagelevel.FrozenNetworks;
import org.kt4j.imagelevel.LogitFunction;
import org.kt4j.imagelevel.NetworkRun;

/** A run: how good the student and its teachers are. */
final class BrightnessRun extends NetworkRun {

  BrightnessRun(Parts parts, ObjectiveTerms terms) {
    super(parts, terms);
  }

  @Override
  protected void tryTeachers(TrainingListener listener) {
    Double error = ofTeachers(data().heldOut());
    if (error != null) {
      listener.teacherEvaluated("the teacher", error, BrightnessTask.RMSE);
    }
  }

  @Override
  protected HeldOutScores heldOutScores(LogitFunction student) {
    return new HeldOutScores(new Brightness(data().heldOut()).rmse(student), null, Map.of());
  }

  @Override
  public TestScores test(RunFolder folder, boolean bestIsLast) {
    return new TestScores(
        ofCheckpoint(folder.path(), Checkpoints.Which.LAST),
        ofCheckpoint(folder.path(), Checkpoints.Which.BEST),
        ofTeachers(data().test()),
        null,
        List.of());
  }

  private double ofCheckpoint(Path run, Checkpoints.Which which) {
    try (FrozenNetwork student = trained(run, which)) {
      return new Brightness(data().test()).rmse(student);
    }
  }

  private @Nullable Double ofTeachers(ImageDataset pictures) {
    if (teachers().isEmpty()) {
      return null;
    }
    try (FrozenNetworks each = FrozenNetworks.of(pictures.shape(), teachers())) {
      return new Brightness(pictures).rmse(LogitFunction.mean(each.members(), each.shares()));
    }
  }
}
