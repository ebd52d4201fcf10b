package org.kt4j.spark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Where answers go: a table when all are there. Until then the answers of each finished task are
 * kept in a folder inside, whose name Spark passes over.
 */
final class AnswerFolder {

  private static final String MADE_BY = "_kt-predict.json";
  private static final String SUCCESS = "_SUCCESS";
  private static final String WORK = "_work";

  private final Path path;
  private final FileSystem files;

  private AnswerFolder(Path path, FileSystem files) {
    this.path = path;
    this.files = files;
  }

  /**
   * Opens one, which is made when it is not there.
   *
   * @param wanted what the answers depend on
   * @throws BadInputException when it holds something else
   */
  static AnswerFolder of(String given, Map<String, Object> wanted, Configuration configuration)
      throws IOException {
    FileSystem files = new Path(given).getFileSystem(configuration);
    // Executors work in folders of their own.
    Path path = files.makeQualified(new Path(given));
    AnswerFolder folder = new AnswerFolder(path, files);
    Path note = new Path(path, MADE_BY);
    if (!files.exists(path)) {
      files.mkdirs(path);
      folder.write(note, wanted);
    } else if (!files.getFileStatus(path).isDirectory()) {
      throw new BadInputException(given + ": is no folder; fix: name a folder for the answers");
    } else if (!files.exists(note)) {
      if (files.listStatus(path).length > 0) {
        throw new BadInputException(
            given
                + ": is not empty and holds no answers of this command; fix: name another folder");
      }
      folder.write(note, wanted);
    } else {
      folder.requireSame(given, note, wanted);
    }
    return folder;
  }

  private void write(Path file, Map<String, Object> values) throws IOException {
    Path unfinished = file.suffix(".tmp");
    try (OutputStream stream = files.create(unfinished, true)) {
      stream.write(new ObjectMapper().writeValueAsBytes(values));
    }
    files.rename(unfinished, file);
  }

  private void requireSame(String given, Path note, Map<String, Object> wanted) throws IOException {
    Map<?, ?> made;
    try (InputStream stream = files.open(note)) {
      made = new ObjectMapper().readValue(stream, Map.class);
    }
    for (Map.Entry<String, Object> each : wanted.entrySet()) {
      Object before = made.get(each.getKey());
      if (!each.getValue().equals(before)) {
        throw new BadInputException(
            given
                + ": holds answers for "
                + each.getKey()
                + " "
                + before
                + ", and now it is "
                + each.getValue()
                + "; fix: name another folder, or remove this one");
      }
    }
  }

  boolean isComplete() throws IOException {
    return files.exists(new Path(path, SUCCESS));
  }

  /** Of the finished tasks. */
  Path answers() {
    return new Path(new Path(path, WORK), "answers");
  }

  /** Of those that are running. */
  Path unfinished() {
    return new Path(new Path(path, WORK), "unfinished");
  }

  boolean hasAnswers() throws IOException {
    try {
      return files.listStatus(answers()).length > 0;
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  /** Before tasks begin; what earlier ones have left half done is removed. */
  void begin() throws IOException {
    files.delete(unfinished(), true);
    files.mkdirs(unfinished());
    files.mkdirs(answers());
  }

  /** Removes files of a table whose writing was stopped. */
  void removeTable() throws IOException {
    for (FileStatus each : files.listStatus(path)) {
      String name = each.getPath().getName();
      if (!name.equals(MADE_BY) && !name.equals(WORK)) {
        files.delete(each.getPath(), true);
      }
    }
  }

  /** When the table is there. */
  void removeWork() throws IOException {
    files.delete(new Path(path, WORK), true);
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
