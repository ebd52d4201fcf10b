package org.kt4j.classification;

import org.kt4j.engine.task.TaskModule;

/** Binds classification and its label term, cross-entropy. */
public final class ClassificationModule extends TaskModule {

  /** For {@link java.util.ServiceLoader}. */
  public ClassificationModule() {}

  @Override
  protected void configure() {
    bindTask(ClassificationTask.class);
    bindTerm(CrossEntropyProvider.class);
  }
}
