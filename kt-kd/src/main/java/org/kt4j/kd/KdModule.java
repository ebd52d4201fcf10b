package org.kt4j.kd;

import com.google.inject.AbstractModule;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.Multibinder;
import org.kt4j.api.KnowledgeTransferProvider;

/** Adds {@code kd} and {@code logit-regression} to the methods of an application. */
public final class KdModule extends AbstractModule {

  @Override
  protected void configure() {
    var methods =
        Multibinder.newSetBinder(binder(), new TypeLiteral<KnowledgeTransferProvider<?>>() {});
    methods.addBinding().to(KdProvider.class);
    methods.addBinding().to(LogitRegressionProvider.class);
  }
}
