package org.kt4j.relations;

import com.google.inject.AbstractModule;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.Multibinder;
import org.kt4j.api.KnowledgeTransferProvider;

/** Adds the methods of this package to the methods of an application. */
public final class RelationsModule extends AbstractModule {

  @Override
  protected void configure() {
    Multibinder<KnowledgeTransferProvider<?>> methods =
        Multibinder.newSetBinder(binder(), new TypeLiteral<KnowledgeTransferProvider<?>>() {});
    methods.addBinding().to(CcProvider.class);
    methods.addBinding().to(CrdProvider.class);
    methods.addBinding().to(FspProvider.class);
    methods.addBinding().to(IckdProvider.class);
    methods.addBinding().to(PktProvider.class);
    methods.addBinding().to(RkdProvider.class);
    methods.addBinding().to(SpProvider.class);
  }
}
