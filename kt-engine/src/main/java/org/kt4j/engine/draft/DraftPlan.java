package org.kt4j.engine.draft;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.FoundData;
import org.kt4j.engine.task.Recipe;

/**
 * What configurations are to say.
 *
 * @param found the data
 * @param recipe of the task
 * @param teacher that is there already, in YAML's flow style; null where one is trained
 * @param mapped whether the teacher's feature maps can be read, which NST needs
 * @param train training pictures, the held-out ones included, where fewer than all are used; 0 for
 *     all
 * @param teacherEpochs epochs of the teacher
 * @param epochs epochs of each student
 * @param seeds how often each student is trained in the suite
 */
public record DraftPlan(
    FoundData found,
    Recipe recipe,
    @Nullable String teacher,
    boolean mapped,
    int train,
    int teacherEpochs,
    int epochs,
    int seeds) {

  /** The plan with as many pictures and epochs as the recipe asks for. */
  public static DraftPlan of(
      FoundData found, Recipe recipe, @Nullable String teacher, boolean mapped, int seeds) {
    return new DraftPlan(
        found, recipe, teacher, mapped, 0, recipe.teacherEpochs(), recipe.epochs(), seeds);
  }

  DraftPlan withEpochs(int teacherOnes, int studentOnes) {
    return new DraftPlan(found, recipe, teacher, mapped, train, teacherOnes, studentOnes, seeds);
  }

  DraftPlan withTrain(int pictures) {
    return new DraftPlan(found, recipe, teacher, mapped, pictures, teacherEpochs, epochs, seeds);
  }

  /** Training pictures that are not held out. */
  public int learnt() {
    return train == 0 ? found.train() : train - heldOut();
  }

  /** Pictures that are held out. */
  public int heldOut() {
    return train == 0 ? found.heldOut() : train / 10;
  }

  /** Steps of an epoch. */
  int steps() {
    return (learnt() + recipe.batchSize() - 1) / recipe.batchSize();
  }

  /** The options of the data set. */
  Map<String, Object> data() {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("name", found.data());
    options.putAll(recipe.data());
    String count = found.countOption();
    if (train > 0 && count != null) {
      options.put(count, train);
      options.put("held-out", heldOut());
    }
    return options;
  }

  /** The methods of the suite, each with its entries of the objective. */
  Map<String, List<String>> methods() {
    Map<String, List<String>> methods = new LinkedHashMap<>();
    List<String> all = new ArrayList<>(List.of(recipe.labels()));
    transfers()
        .forEach(
            (name, term) -> {
              methods.put(name, List.of(recipe.labels(), term));
              all.add(term);
            });
    if (transfers().size() > 1) {
      methods.put(String.join(" + ", transfers().keySet()), List.copyOf(all));
    }
    return methods;
  }

  /** What is learnt from the teacher: its logits, and its maps where they can be read. */
  Map<String, String> transfers() {
    if (mapped) {
      return recipe.transfers();
    }
    Map<String, String> first = new LinkedHashMap<>();
    recipe.transfers().entrySet().stream()
        .limit(1)
        .forEach(each -> first.put(each.getKey(), each.getValue()));
    return first;
  }
}
