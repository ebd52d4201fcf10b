package org.kt4j.speed;

/**
 * How much is measured.
 *
 * @param quick whether this is a smoke run, whose numbers mean nothing
 * @param batch pictures in a batch
 * @param matrix rows and columns of the matrices that are multiplied
 * @param student the network whose step is measured
 * @param teacher the network that it learns from
 * @param smallStudent as student, where memory is watched
 * @param smallTeacher as teacher, where memory is watched
 * @param warmUp calls of each subject before the first that counts
 * @param rounds in each of which every subject has its turn
 * @param calls of a subject in its turn
 * @param loopSteps of the training loop in its turn
 * @param memorySteps over which memory is watched
 * @param memoryEvery steps between two readings
 * @param memoryFrom the step from which memory may not grow
 * @param starts of the command
 */
record Settings(
    boolean quick,
    int batch,
    int matrix,
    String student,
    String teacher,
    String smallStudent,
    String smallTeacher,
    int warmUp,
    int rounds,
    int calls,
    int loopSteps,
    int memorySteps,
    int memoryEvery,
    int memoryFrom,
    int starts) {

  /** Of the first values of networks, of the shuffle and of augmentation. */
  static final long SEED = 1;

  /** What the README's numbers are measured with. */
  static Settings full() {
    return new Settings(
        false,
        64,
        2048,
        "resnet-20",
        "resnet-56",
        "resnet-8",
        "resnet-20",
        10,
        15,
        4,
        40,
        2_000,
        250,
        500,
        5);
  }

  /** As little as touches everything. */
  static Settings smoke() {
    return new Settings(
        true, 8, 128, "resnet-8", "resnet-14", "resnet-8", "resnet-8", 1, 2, 1, 4, 8, 2, 2, 1);
  }
}
