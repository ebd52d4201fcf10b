package org.kt4j.engine.cache;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.teacher.Fingerprint;
import org.tensorflow.TensorFlow;

/** What teachers say of pictures that do not change, as one file. */
final class AnswerRows implements RowSource {

  /** What the name of the file begins with. */
  private static final String LABEL = "answers";

  /** Raised when the same key would mean other numbers. */
  private static final int FORMAT = 1;

  private final TeacherAnswers answers;
  private final FileStock part;
  private TeacherAnswers.@Nullable Computation teachers;

  AnswerRows(Path folder, TeacherAnswers answers) {
    this.answers = answers;
    KnowledgeFile.Description description =
        new KnowledgeFile.Description(
            new Fingerprint()
                .add(LABEL)
                .add(FORMAT)
                .add(TensorFlow.version())
                .add(ByteOrder.nativeOrder())
                .add(answers.fingerprint())
                .hex(),
            LABEL,
            answers.teacher(),
            answers.data(),
            answers.drawn(),
            answers.count(),
            Precision.SINGLE,
            answers.layout());
    this.part = new FileStock(folder, LABEL, description, 1);
  }

  @Override
  public List<FileStock> parts() {
    return List.of(part);
  }

  @Override
  public void begin() {
    if (teachers == null) {
      teachers = answers.open();
    }
  }

  @Override
  public Block next(int at) {
    int first = at * KnowledgeFile.BLOCK;
    int count = part.pictures(at);
    return new Block(at, count, first, first + count - 1);
  }

  @Override
  public List<byte[]> rows(Block block, List<FileStock> parts, List<BitSet> wanted) {
    return List.of(block(answers, Objects.requireNonNull(teachers), block.at()));
  }

  /** The rows of a block in this machine's byte order. */
  static byte[] block(TeacherAnswers answers, TeacherAnswers.Computation teachers, int at) {
    float[] rows =
        teachers.rows(at * KnowledgeFile.BLOCK, KnowledgeFile.pictures(answers.count(), at));
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * rows.length).order(ByteOrder.nativeOrder());
    bytes.asFloatBuffer().put(rows);
    return bytes.array();
  }

  @Override
  public CacheException notFinite(FileStock file, Block block) {
    return new CacheException(
        answers.teacher()
            + ": its answers to the pictures "
            + block.firstIndex()
            + " to "
            + block.lastIndex()
            + " of "
            + answers.data()
            + " hold a number that is not finite");
  }

  @Override
  public void close() {
    TeacherAnswers.Computation open = teachers;
    if (open != null) {
      open.close();
    }
  }
}
