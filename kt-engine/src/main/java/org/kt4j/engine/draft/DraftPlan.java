package org.kt4j.engine.draft;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.FoundData;
import org.kt4j.engine.task.Recipe;

/**
 * What configurations are to say.
 *
 * @param recipe of the task
 * @param teacher that is there already, in YAML's flow style; null where one is trained
 * @param mapped whether the teacher's feature maps can be read, which some transfers need
 * @param train training pictures, the held-out ones included, where fewer than all are used; 0 for
 *     all
 * @param teacherEpochs epochs of the teacher
 * @param epochs epochs of each student
 * @param seeds how often each student is trained in the suite
 */
public record DraftPlan(
    Recipe recipe,
    @Nullable String teacher,
    boolean mapped,
    int train,
    int teacherEpochs,
    int epochs,
    int seeds) {

  /** The plan with as many pictures and epochs as the recipe asks for. */
  public static DraftPlan of(Recipe recipe, @Nullable String teacher, boolean mapped, int seeds) {
    return new DraftPlan(
        recipe, teacher, mapped, 0, recipe.teacherEpochs(), recipe.epochs(), seeds);
  }

  /** The data. */
  public FoundData found() {
    return recipe.found();
  }

  DraftPlan withEpochs(int teacherOnes, int studentOnes) {
    return new DraftPlan(recipe, teacher, mapped, train, teacherOnes, studentOnes, seeds);
  }

  DraftPlan withTrain(int pictures) {
    return new DraftPlan(recipe, teacher, mapped, pictures, teacherEpochs, epochs, seeds);
  }

  /** Training pictures that are not held out. */
  public int learnt() {
    return train == 0 ? found().train() : train - heldOut();
  }

  /** Pictures that are held out. */
  public int heldOut() {
    return train == 0 ? found().heldOut() : train / 10;
  }

  /** Steps of an epoch. */
  int steps() {
    return (learnt() + recipe.batchSize() - 1) / recipe.batchSize();
  }

  /** The options of the data set. */
  Map<String, Object> data() {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("name", found().data());
    options.putAll(recipe.data());
    String count = found().countOption();
    if (train > 0 && count != null) {
      options.put(count, train);
      options.put("held-out", heldOut());
    }
    return options;
  }

  /** The methods of the suite, each with its entries of the objective; the last has them all. */
  Map<String, List<String>> methods() {
    Map<String, List<String>> methods = new LinkedHashMap<>();
    List<String> all = new ArrayList<>(List.of(recipe.labels()));
    for (Recipe.Transfer each : transfers()) {
      methods.put(each.name(), List.of(recipe.labels(), each.term()));
      all.add(each.term());
    }
    if (transfers().size() > 1) {
      methods.put(names(" + "), List.copyOf(all));
    }
    return methods;
  }

  /** What is learnt from the teacher: without what reads its maps where these cannot be read. */
  List<Recipe.Transfer> transfers() {
    return recipe.transfers().stream().filter(each -> mapped || !each.readsMaps()).toList();
  }

  /** The names of what is learnt from the teacher. */
  String names(String between) {
    return transfers().stream().map(Recipe.Transfer::name).collect(Collectors.joining(between));
  }
}
