package org.kt4j.detection;

import org.kt4j.detection.objective.RegionBoxProvider;
import org.kt4j.detection.objective.RegionClassProvider;
import org.kt4j.detection.objective.RpnBoxProvider;
import org.kt4j.detection.objective.RpnObjectnessProvider;
import org.kt4j.detection.training.DetectionTask;
import org.kt4j.engine.task.TaskModule;

/**
 * Binds detection and the losses of a detector, its label terms; with them comes {@code {preset:
 * faster-rcnn}}. The detector itself and its data sets are on the class path and need no module.
 */
public final class DetectionModule extends TaskModule {

  /** For {@link java.util.ServiceLoader}. */
  public DetectionModule() {}

  @Override
  protected void configure() {
    bindTask(DetectionTask.class);
    bindTerm(RpnObjectnessProvider.class);
    bindTerm(RpnBoxProvider.class);
    bindTerm(RegionClassProvider.class);
    bindTerm(RegionBoxProvider.class);
  }
}
