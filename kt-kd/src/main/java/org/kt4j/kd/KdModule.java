package org.kt4j.kd;

import com.google.inject.AbstractModule;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.Multibinder;
import org.kt4j.api.KnowledgeTransferProvider;

/** Adds the methods of this package to the methods of an application. */
public final class KdModule extends AbstractModule {

  @Override
  protected void configure() {
    var methods =
        Multibinder.newSetBinder(binder(), new TypeLiteral<KnowledgeTransferProvider<?>>() {});
    methods.addBinding().to(DistProvider.class);
    methods.addBinding().to(DkdProvider.class);
    methods.addBinding().to(KdProvider.class);
    methods.addBinding().to(LogitRegressionProvider.class);
    methods.addBinding().to(TfKdProvider.class);
    methods.addBinding().to(WsldProvider.class);
  }
}
