package org.kt4j.cli.malformed;

import java.util.List;

/** All kinds of input, each as often as there is to find. */
final class Families {

  private static final Family CONFIGURATION = new ConfigurationFamily();
  private static final Family VOC = new VocFamily();
  private static final Family COCO = new CocoFamily();
  private static final Family WEIGHTS = new WeightsFamily();
  private static final Family MODEL = new ModelFamily();
  private static final Family RUN = new RunFamily();
  private static final Family COMMAND_LINE = new CommandLineFamily();

  private static final List<Family> ALL =
      List.of(
          CONFIGURATION,
          VOC,
          RUN,
          COMMAND_LINE,
          COCO,
          WEIGHTS,
          CONFIGURATION,
          new ImageFolderFamily(),
          MODEL,
          RUN,
          COMMAND_LINE,
          new CacheFamily(),
          CONFIGURATION,
          COCO,
          new SuiteFamily(),
          RUN,
          VOC,
          WEIGHTS,
          CONFIGURATION,
          new BinaryDataFamily(),
          RUN,
          COMMAND_LINE,
          MODEL,
          new ExportFamily());

  private Families() {}

  /** That of a case. */
  static Family of(int number) {
    return ALL.get(number % ALL.size());
  }

  /**
   * Whether a case is one of the first, one of each family, whose input is left whole. Otherwise a
   * family that spoils its input by a mistake of its own would never be noticed.
   */
  static boolean isWhole(int number) {
    return number < ALL.size();
  }
}
