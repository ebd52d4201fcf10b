package org.kt4j.data;

import java.nio.file.Path;
import java.util.Optional;

/** Recognises data of one kind in a folder of which nothing else is known. */
public interface FolderSearch {

  /** What makes a folder one of this kind, for the message that it is none. */
  String lookedFor();

  /**
   * Looks into a folder. It reads what it has to and changes nothing.
   *
   * @return empty if the folder is not of this kind
   * @throws DataException when it is of this kind and cannot be used as it is; the message says why
   */
  Optional<FoundData> in(Path folder);
}
