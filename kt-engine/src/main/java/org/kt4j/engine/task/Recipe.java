package org.kt4j.engine.task;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.FoundData;

/**
 * How a task would train on data that was found in a folder. What stands in configurations is given
 * as it stands there, in YAML's flow style.
 *
 * @param found what is learnt from
 * @param data the options of the data set
 * @param side height and width of the pictures that was chosen; null where there is no choice
 * @param boxes whether boxes around objects are learnt; the side is the longer one then
 * @param teacher the student of the teacher's own training, such as {@code {network: resnet-20}}
 * @param student the small network
 * @param labels the entry of the objective that learns from the labels
 * @param transfers what can be learnt from the teacher
 * @param batchSize pictures in a step
 * @param teacherEpochs epochs of the teacher where there is time
 * @param epochs epochs of the student where there is time
 * @param further other keys of all configurations
 * @param views fixed views of a picture, for which the teacher's answers are stored; 0 where the
 *     teacher is asked in each step
 * @param reasons the rules that led to all this, in sentences
 */
public record Recipe(
    FoundData found,
    Map<String, Object> data,
    @Nullable Integer side,
    boolean boxes,
    String teacher,
    String student,
    String labels,
    List<Transfer> transfers,
    int batchSize,
    int teacherEpochs,
    int epochs,
    Map<String, String> further,
    int views,
    List<String> reasons) {

  /**
   * A way to learn from the teacher.
   *
   * @param name for people, such as {@code KD}
   * @param term the entry of the objective
   * @param readsMaps whether it reads feature maps, which have other names in models of other tools
   */
  public record Transfer(String name, String term, boolean readsMaps) {}

  /** The number of classes. */
  public int classes() {
    return found.classes().size();
  }

  /** Copies the collections, which keep their order. */
  public Recipe {
    data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
    transfers = List.copyOf(transfers);
    further = Collections.unmodifiableMap(new LinkedHashMap<>(further));
    reasons = List.copyOf(reasons);
  }

  /**
   * Epochs in which about so many pictures are seen.
   *
   * @param seen pictures, each as often as it is seen
   * @param pictures that there are
   * @param fewest epochs
   * @param most epochs
   */
  public static int epochs(int seen, int pictures, int fewest, int most) {
    return Math.max(fewest, Math.min(most, Math.round((float) seen / Math.max(1, pictures))));
  }
}
