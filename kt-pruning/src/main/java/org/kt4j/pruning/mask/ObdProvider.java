package org.kt4j.pruning.mask;

import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.WeightCriterion;
import org.kt4j.api.WeightCriterionProvider;
import org.kt4j.api.WeightSurvey;

/**
 * {@code obd}: optimal brain damage, by how much the loss grows to second order when a weight
 * becomes 0,
 *
 * <pre>
 * s_k = h_kk w_k^2 / 2
 * </pre>
 *
 * with {@code h_kk} the second derivative of the loss by {@code w_k} (LeCun, Denker and Solla,
 * Optimal Brain Damage, 1990, equation 5 and section 2.2). As in the paper, the weights are taken
 * to act independently, and the gradient to be 0.
 *
 * <p>Differs from the paper in {@code h_kk}: the diagonal of the Gauss-Newton matrix is measured,
 * picture by picture, see {@code org.kt4j.engine.mask.Curvature}, and not passed backwards through
 * the layers. The paper's rule drops the terms between units of one layer, which this one has.
 *
 * <p>Example: a weight of 0.1 with a second derivative of 8 scores 0.04, one of 0.2 with a second
 * derivative of 1 scores 0.02 and is set to zero first, although it is the larger one.
 */
public final class ObdProvider implements WeightCriterionProvider<ObdProvider.Options> {

  private static final int MOST_PICTURES = 100_000;

  /**
   * The options.
   *
   * @param pictures training pictures that second derivatives are measured on
   */
  public record Options(
      @Description("training pictures that second derivatives are measured on, 1 to 100000")
          int pictures) {

    /** Checks the range. */
    public Options {
      if (pictures < 1 || pictures > MOST_PICTURES) {
        throw new InvalidOptionException("pictures", pictures, "1 to " + MOST_PICTURES);
      }
    }
  }

  /** A provider that {@link java.util.ServiceLoader} finds. */
  public ObdProvider() {}

  @Override
  public String name() {
    return "obd";
  }

  @Override
  public String summary() {
    return "growth of the loss to second order (LeCun et al., Optimal Brain Damage, 1990)";
  }

  @Override
  public Options defaults() {
    return new Options(100);
  }

  @Override
  public WeightCriterion create(Options options) {
    return new WeightCriterion() {
      @Override
      public int pictures() {
        return options.pictures();
      }

      @Override
      public double[] scores(WeightSurvey survey) {
        float[] weights = survey.weights();
        double[] scores = survey.curvature().clone();
        for (int k = 0; k < scores.length; k++) {
          scores[k] *= (double) weights[k] * weights[k] / 2;
        }
        return scores;
      }
    };
  }
}
