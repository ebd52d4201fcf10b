package org.kt4j.detection;

import com.google.inject.AbstractModule;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.Multibinder;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.detection.objective.RegionBoxProvider;
import org.kt4j.detection.objective.RegionClassProvider;
import org.kt4j.detection.objective.RpnBoxProvider;
import org.kt4j.detection.objective.RpnObjectnessProvider;

/**
 * Adds the losses of a detector to the terms of an application, and with them {@code {preset:
 * faster-rcnn}}. The detector itself, its data sets and its kind of experiment are on the class
 * path and need no module.
 */
public final class DetectionModule extends AbstractModule {

  @Override
  protected void configure() {
    var methods =
        Multibinder.newSetBinder(binder(), new TypeLiteral<KnowledgeTransferProvider<?>>() {});
    methods.addBinding().to(RpnObjectnessProvider.class);
    methods.addBinding().to(RpnBoxProvider.class);
    methods.addBinding().to(RegionClassProvider.class);
    methods.addBinding().to(RegionBoxProvider.class);
  }
}
