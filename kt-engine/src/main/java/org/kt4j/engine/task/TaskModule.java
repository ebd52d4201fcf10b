package org.kt4j.engine.task;

import com.google.inject.AbstractModule;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.Multibinder;
import org.kt4j.api.KnowledgeTransferProvider;

/**
 * Binds a task and its label terms. {@link java.util.ServiceLoader} finds it; implementations have
 * a public constructor without parameters.
 */
public abstract class TaskModule extends AbstractModule {

  /** A module that is found by {@link java.util.ServiceLoader}. */
  protected TaskModule() {}

  /** Adds a task. */
  protected final void bindTask(Class<? extends Task> task) {
    Multibinder.newSetBinder(binder(), Task.class).addBinding().to(task);
  }

  /** Adds a term that learns from labels. */
  protected final void bindTerm(Class<? extends KnowledgeTransferProvider<?>> term) {
    Multibinder.newSetBinder(binder(), new TypeLiteral<KnowledgeTransferProvider<?>>() {})
        .addBinding()
        .to(term);
  }

  /** Modules of the same class bind the same, so that both can be installed. */
  @SuppressWarnings("EqualsGetClass") // Modules of two classes bind two tasks.
  @Override
  public final boolean equals(Object other) {
    return other != null && other.getClass() == getClass();
  }

  @Override
  public final int hashCode() {
    return getClass().hashCode();
  }
}
