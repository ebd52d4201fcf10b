package org.kt4j.cli;

import java.util.Locale;
import org.kt4j.engine.data.DataSplits;
import org.kt4j.engine.data.ImageDataset;

/** The parts of a data set as the command line calls them. */
enum Split {
  TRAIN,
  HELD_OUT,
  TEST;

  /**
   * The pictures of this part.
   *
   * @throws BadInputException when there are none
   */
  ImageDataset of(DataSplits data) {
    ImageDataset pictures =
        switch (this) {
          case TRAIN -> data.train();
          case HELD_OUT -> data.heldOut();
          case TEST -> data.test();
        };
    if (pictures.size() == 0) {
      throw new BadInputException("--split: " + this + " has no pictures");
    }
    return pictures;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
