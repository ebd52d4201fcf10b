package org.kt4j.features;

import com.google.inject.AbstractModule;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.Multibinder;
import org.kt4j.api.KnowledgeTransferProvider;

/** Adds the methods on feature maps to the methods of an application. */
public final class FeaturesModule extends AbstractModule {

  @Override
  protected void configure() {
    var methods =
        Multibinder.newSetBinder(binder(), new TypeLiteral<KnowledgeTransferProvider<?>>() {});
    methods.addBinding().to(AbProvider.class);
    methods.addBinding().to(CwdProvider.class);
    methods.addBinding().to(FtProvider.class);
    methods.addBinding().to(MgdProvider.class);
    methods.addBinding().to(OfdProvider.class);
    methods.addBinding().to(PkdProvider.class);
    methods.addBinding().to(ReviewKdProvider.class);
    methods.addBinding().to(VidProvider.class);
  }
}
