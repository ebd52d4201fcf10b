package org.kt4j.engine.cache;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.kt4j.engine.replica.Replicas;

/**
 * What teachers say of pictures that do not change: a row of numbers for each picture, the same for
 * every run. {@link KnowledgeCache#answers} keeps it.
 */
public interface TeacherAnswers {

  /** Where the teachers come from, for people. */
  String teacher();

  /** The pictures' name, for people. */
  String data();

  /** How the pictures are shown, in words. */
  String drawn();

  /** How many pictures there are. */
  int count();

  /** The numbers of a row. */
  KnowledgeLayout layout();

  /**
   * A hash of everything that decides the numbers: the teachers, the operations, the pixels.
   * SHA-256, hexadecimal.
   */
  String fingerprint();

  /** Loads the teachers; the caller closes what comes of it. */
  Computation open();

  /** Teachers that are ready to answer. */
  interface Computation extends AutoCloseable {

    /**
     * Asks them.
     *
     * @param first index of the first picture
     * @param count of pictures
     * @return a row for each picture, finite numbers
     */
    float[] rows(int first, int count);

    @Override
    void close();
  }

  /**
   * Asks now, and keeps nothing. Several workers ask for a block each at a time.
   *
   * @return the rows of all pictures, one after another
   */
  default float[] computed(Replicas replicas) {
    FloatBuffer all =
        FloatBuffer.allocate(Math.multiplyExact(count(), layout().valuesPerPicture()));
    try (Computation teachers = open()) {
      replicas.inTurns(
          KnowledgeFile.blocksPerView(count()),
          at -> AnswerRows.block(this, teachers, at),
          rows -> all.put(ByteBuffer.wrap(rows).order(ByteOrder.nativeOrder()).asFloatBuffer()));
    }
    return all.array();
  }
}
