package org.kt4j.detection.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.DataException;
import org.kt4j.data.Orientation;
import org.kt4j.data.Picture;
import org.kt4j.data.PictureHead;
import org.kt4j.data.ReadFault;

/** Pictures that stay in their files until they are asked for; their boxes are on the heap. */
final class PictureFiles implements DetectionDataset {

  /** How many missing files one message names. */
  private static final int NAMED = 10;

  private final String name;
  private final List<String> classes;
  private final List<Entry> entries;

  PictureFiles(String name, List<String> classes, List<Entry> entries) {
    this.name = name;
    this.classes = List.copyOf(classes);
    this.entries = List.copyOf(entries);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public int size() {
    return entries.size();
  }

  @Override
  public String picture(int index) {
    return entries.get(index).name;
  }

  @Override
  public List<LabelledBox> objects(int index) {
    return entries.get(index).objects;
  }

  @Override
  public Picture pixels(int index) {
    Entry entry = entries.get(index);
    Picture picture;
    try {
      picture = Picture.read(entry.file);
    } catch (IOException e) {
      throw new DataException(unreadable(name, entry.file, e), e);
    }
    if (picture.height() != entry.size.height || picture.width() != entry.size.width) {
      throw otherSize(name, entry.file, picture.height(), picture.width(), entry.size);
    }
    return new Picture(picture.height(), picture.width(), picture.pixels());
  }

  @Override
  public String toString() {
    return name + ": " + entries.size() + " pictures";
  }

  /**
   * Refuses a data set of which files are missing.
   *
   * @param name of the data set
   * @param list the file that names the pictures
   * @param missing what is not there
   * @param fix what to do about it
   * @throws DataException that counts them and names the first
   */
  static void requireNoneMissing(String name, Path list, List<Path> missing, String fix) {
    if (missing.isEmpty()) {
      return;
    }
    int more = missing.size() - NAMED;
    throw new DataException(
        name
            + ": "
            + list
            + " names "
            + missing.size()
            + (missing.size() == 1 ? " missing file: " : " missing files: ")
            + String.join(", ", missing.stream().limit(NAMED).map(Path::toString).toList())
            + (more > 0 ? " and " + more + " more" : "")
            + "; fix: "
            + fix);
  }

  /**
   * Refuses a training set without pictures.
   *
   * @param name of the data set
   * @param list the file that should name them
   * @param pictures how many it names
   * @throws DataException when there is none
   */
  static void requireSome(String name, Path list, int pictures) {
    if (pictures == 0) {
      throw new DataException(
          name
              + ": train: "
              + list
              + " names no picture; expected: at least one to learn from; fix: another file");
    }
  }

  /**
   * Refuses splits that have a picture in common.
   *
   * @param name of the data set
   * @param splits the pictures of each split, by the split's option
   * @throws DataException that names the picture and where it is
   */
  static void requireDisjoint(String name, Map<String, List<Path>> splits) {
    Map<Path, String> seen = new HashMap<>();
    splits.forEach(
        (split, pictures) -> {
          for (Path picture : pictures) {
            String before = seen.put(picture.toAbsolutePath().normalize(), split);
            if (before != null) {
              throw new DataException(
                  name
                      + ": the picture "
                      + picture
                      + " is "
                      + (before.equals(split)
                          ? "named twice in " + split
                          : "in " + before + " and in " + split)
                      + "; allowed: every picture once, or results are too good; fix: take one"
                      + " out");
            }
          }
        });
  }

  private static DataException otherSize(
      String name, Path file, int height, int width, Size annotated) {
    boolean swapped = height == annotated.width && width == annotated.height;
    return new DataException(
        name
            + ": "
            + file
            + ": the picture is "
            + width
            + "x"
            + height
            + ", but its annotation says "
            + annotated.width
            + "x"
            + annotated.height
            + ", so its boxes cannot be right; fix: "
            + (swapped ? "swap " : "correct ")
            + "the annotation's width and height");
  }

  private static String unreadable(String name, Path file, IOException e) {
    return name
        + ": "
        + file
        + " cannot be read: "
        + ReadFault.reason(e)
        + "; allowed: JPEG and PNG; fix: convert, bring or remove it";
  }

  /**
   * A picture and what is known of it.
   *
   * @param name for reports
   * @param file with the pixels
   * @param size of the upright picture, as annotated or as in the file's head
   * @param objects in it, upright
   */
  record Entry(String name, Path file, Size size, List<LabelledBox> objects) {
    Entry {
      objects = List.copyOf(objects);
    }
  }

  /**
   * How large an upright picture is, and how its boxes are annotated.
   *
   * @param height rows
   * @param width columns
   * @param boxes how the boxes become upright; as stored where they are already
   */
  record Size(int height, int width, Orientation boxes) {

    /**
     * The annotated size; where it is absent or 0, the one in the head of the file. A picture that
     * is shown turned can be annotated as it is shown, or as it is stored; its size tells which.
     *
     * @throws DataException when the picture has another size than annotated
     */
    static Size annotatedOrRead(
        String name, @Nullable Integer height, @Nullable Integer width, Path file) {
      if (height == null || width == null || height < 1 || width < 1) {
        return read(name, file);
      }
      try {
        PictureHead head = PictureHead.read(file);
        boolean shown = height == head.height() && width == head.width();
        boolean stored = height == head.storedHeight() && width == head.storedWidth();
        Size annotated = new Size(height, width, Orientation.AS_STORED);
        if (!stored && !shown) {
          throw otherSize(name, file, head.height(), head.width(), annotated);
        }
        return shown ? annotated : new Size(head.height(), head.width(), head.orientation());
      } catch (IOException e) { // what is wrong with it is told when its pixels are wanted
        return new Size(height, width, Orientation.AS_STORED);
      }
    }

    private static Size read(String name, Path file) {
      try {
        PictureHead head = PictureHead.read(file);
        return new Size(head.height(), head.width(), Orientation.AS_STORED);
      } catch (IOException e) {
        throw new DataException(unreadable(name, file, e), e);
      }
    }

    /** Whether boxes are annotated in the picture as it is stored, and shown otherwise. */
    boolean turnsBoxes() {
      return boxes != Orientation.AS_STORED;
    }

    /** A box of the annotation in the upright picture. */
    Box upright(Box box) {
      if (!turnsBoxes()) {
        return box;
      }
      int storedHeight = boxes.swapsAxes() ? width : height;
      int storedWidth = boxes.swapsAxes() ? height : width;
      double x1 = boxes.uprightX(box.xMin(), box.yMin(), storedWidth, storedHeight);
      double y1 = boxes.uprightY(box.xMin(), box.yMin(), storedWidth, storedHeight);
      double x2 = boxes.uprightX(box.xMax(), box.yMax(), storedWidth, storedHeight);
      double y2 = boxes.uprightY(box.xMax(), box.yMax(), storedWidth, storedHeight);
      return new Box(Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2));
    }
  }

  /** The name of a file without its folders and its ending. */
  static String withoutEnding(String file) {
    String last = file.substring(file.lastIndexOf('/') + 1);
    int dot = last.lastIndexOf('.');
    boolean known =
        dot > 0
            && List.of("jpg", "jpeg", "png")
                .contains(last.substring(dot + 1).toLowerCase(Locale.ROOT));
    return known ? last.substring(0, dot) : last;
  }
}
