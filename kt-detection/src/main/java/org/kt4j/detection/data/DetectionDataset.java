package org.kt4j.detection.data;

import java.util.List;
import org.kt4j.data.Picture;

/**
 * Pictures of any size with the boxes of the objects in them, each addressed by its index.
 * Immutable and safe for use by many threads.
 */
public interface DetectionDataset {

  /** The name for messages and reports, such as {@code voc val}. */
  String name();

  /** The class names, without background; a label is an index into this list. */
  List<String> classes();

  /** How many pictures there are; 0 is allowed. */
  int size();

  /** What a picture is called, such as its file's name without the ending. */
  String picture(int index);

  /** The objects of a picture, in pixels of the picture as it is stored; may be empty. */
  List<LabelledBox> objects(int index);

  /**
   * Reads and decodes a picture.
   *
   * @throws org.kt4j.data.DataException when it cannot be read; the message names the file
   */
  Picture pixels(int index);
}
