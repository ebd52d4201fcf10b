package org.kt4j.fitnets;

import com.google.inject.AbstractModule;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.Multibinder;
import org.kt4j.api.KnowledgeTransferProvider;

/** Adds {@code fitnets} to the methods of an application. */
public final class FitNetsModule extends AbstractModule {

  @Override
  protected void configure() {
    Multibinder.newSetBinder(binder(), new TypeLiteral<KnowledgeTransferProvider<?>>() {})
        .addBinding()
        .to(FitNetsProvider.class);
  }
}
