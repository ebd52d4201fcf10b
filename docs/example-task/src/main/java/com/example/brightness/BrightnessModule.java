package com.example.brightness;

import org.kt4j.engine.task.TaskModule;

/** Binds the task and its label term. */
public final class BrightnessModule extends TaskModule {

  @Override
  protected void configure() {
    bindTask(BrightnessTask.class);
    bindTerm(SquaredErrorProvider.class);
  }
}
