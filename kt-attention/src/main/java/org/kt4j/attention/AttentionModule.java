package org.kt4j.attention;

import com.google.inject.AbstractModule;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.Multibinder;
import org.kt4j.api.KnowledgeTransferProvider;

/** Adds {@code attention} to the methods of an application. */
public final class AttentionModule extends AbstractModule {

  @Override
  protected void configure() {
    Multibinder.newSetBinder(binder(), new TypeLiteral<KnowledgeTransferProvider<?>>() {})
        .addBinding()
        .to(AttentionProvider.class);
  }
}
