package org.kt4j.comparison.figures;

import org.kt4j.data.ImageDataset;
import org.kt4j.engine.teacher.Teacher;

/**
 * Who is looked at, and what they are shown. A student is a frozen network here, like its teacher.
 *
 * @param teacher whom the student learnt from
 * @param before the student before transfer
 * @param after the student after transfer
 * @param pictures the set that pictures are taken from
 */
public record Subject(Teacher teacher, Teacher before, Teacher after, ImageDataset pictures) {

  Trio<Teacher> networks() {
    return new Trio<>(teacher, before, after);
  }
}
