package org.kt4j.engine.draft;

/**
 * What the runs of a suite take, from measured training steps. A forward pass counts as a third of
 * a training step of the same network.
 *
 * @param teacher a step of the teacher's own training in seconds; 0 where it is not trained
 * @param alone a step of the student that learns from the labels
 * @param taught a step with the teacher and all terms
 * @param teacherPreparation seconds from the configuration to the first step of the teacher
 * @param preparation the same of a student
 */
public record DraftTimes(
    double teacher, double alone, double taught, double teacherPreparation, double preparation) {

  private static final double FORWARD = 1 / 3.0;

  /** A network has learnt little after fewer. */
  private static final int FEWEST_EPOCHS = 3;

  private static final int FEWEST_STEPS = 300;
  private static final int FEWEST_PICTURES = 2_000;

  /** The teacher's training in seconds; 0 where there is none. */
  public double teacherRun(DraftPlan plan) {
    return teacher == 0
        ? 0
        : teacherPreparation + run(plan, plan.teacherEpochs(), teacher, teacher * FORWARD);
  }

  /** One training of the student alone. */
  public double aloneRun(DraftPlan plan) {
    return preparation + run(plan, plan.epochs(), alone, alone * FORWARD);
  }

  /** One training of the student with the teacher, whose answers are stored already. */
  public double taughtRun(DraftPlan plan) {
    boolean live = plan.recipe().views() == 0;
    double step = live ? taught : alone + Math.max(0, taught - alone - answers());
    return preparation
        + (live ? evaluated(plan) : 0)
        + run(plan, plan.epochs(), step, alone * FORWARD);
  }

  /**
   * The teacher's answers for all views and for the pictures that do not change, once for all
   * methods.
   */
  public double stored(DraftPlan plan) {
    return plan.recipe().views() == 0 || plan.transfers().isEmpty()
        ? 0
        : (double) plan.recipe().views() * plan.steps() * answers() + evaluated(plan);
  }

  /** The teacher's answers for the held-out and the test pictures. */
  private double evaluated(DraftPlan plan) {
    return answers() * (plan.heldOut() + plan.found().test()) / plan.recipe().batchSize();
  }

  /** The teacher's answers for a batch. */
  private double answers() {
    return teacher > 0 ? teacher * FORWARD : Math.max(0, taught - alone);
  }

  private static double run(DraftPlan plan, int epochs, double step, double forward) {
    double batch = plan.recipe().batchSize();
    return epochs * (plan.steps() * step + plan.heldOut() / batch * forward)
        + 2 * plan.found().test() / batch * forward;
  }

  /** The whole suite. */
  public double suite(DraftPlan plan) {
    return teacherRun(plan)
        + stored(plan)
        + plan.seeds() * (aloneRun(plan) + plan.methods().size() * taughtRun(plan));
  }

  /**
   * The plan with so few epochs, and where that is not enough so few pictures, that its suite takes
   * no longer than it may, if that can be.
   *
   * @param seconds that it may take
   */
  public DraftPlan within(DraftPlan plan, double seconds) {
    DraftPlan shorter = plan;
    int fewest = Math.max(FEWEST_EPOCHS, FEWEST_STEPS / plan.steps());
    while (suite(shorter) > seconds && shorter.epochs() > fewest) {
      int epochs = shorter.epochs() - 1;
      long teacherEpochs = Math.round((double) plan.teacherEpochs() * epochs / plan.epochs());
      shorter =
          plan.withEpochs(
              (int) Math.max(Math.min(fewest, plan.teacherEpochs()), teacherEpochs), epochs);
    }
    int pictures = plan.found().train() + plan.found().heldOut();
    if (plan.found().countOption() != null
        && suite(shorter) > seconds
        && pictures > FEWEST_PICTURES) {
      double least = suite(shorter.withTrain(FEWEST_PICTURES));
      double share = Math.max(0, (seconds - least) / (suite(shorter) - least));
      int train = FEWEST_PICTURES + (int) (share * (pictures - FEWEST_PICTURES));
      shorter = shorter.withTrain(train / 1_000 * 1_000);
    }
    return shorter;
  }
}
