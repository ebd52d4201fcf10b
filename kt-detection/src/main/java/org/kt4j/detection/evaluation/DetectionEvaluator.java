package org.kt4j.detection.evaluation;

import java.util.*;
import org.kt4j.detection.data.*;

/** temporary */
public final class DetectionEvaluator {
  private final List<String> classes;
  private final List<List<LabelledBox>> truth = new ArrayList<>();
  private final List<List<Detection>> all = new ArrayList<>();

  /** temporary */
  public DetectionEvaluator(List<String> classes) {
    this.classes = classes;
  }

  /** temporary */
  public void add(List<LabelledBox> objects, List<Detection> found) {
    truth.add(objects);
    all.add(found);
  }

  /** temporary */
  public DetectionScores scores() {
    List<DetectionScores.ClassScores> per = new ArrayList<>();
    double sum = 0;
    int n = 0;
    for (int k = 0; k < classes.size(); k++) {
      record D(int p, Detection d) {}
      List<D> ds = new ArrayList<>();
      long objects = 0;
      for (int p = 0; p < all.size(); p++) {
        for (Detection x : all.get(p)) {
          if (x.label() == k) {
            ds.add(new D(p, x));
          }
        }
        for (LabelledBox b : truth.get(p)) {
          if (b.label() == k && !b.difficult()) {
            objects++;
          }
        }
      }
      ds.sort((a, b) -> Double.compare(b.d().score(), a.d().score()));
      Set<LabelledBox> used = Collections.newSetFromMap(new IdentityHashMap<>());
      double tp = 0, ap = 0, best = 0;
      List<double[]> points = new ArrayList<>();
      int seen = 0;
      for (D x : ds) {
        LabelledBox m = null;
        double iou = 0.5;
        for (LabelledBox b : truth.get(x.p())) {
          if (b.label() == k && b.box().iou(x.d().box()) >= iou) {
            iou = b.box().iou(x.d().box());
            m = b;
          }
        }
        seen++;
        if (m != null && used.add(m)) {
          tp++;
        }
        points.add(new double[] {tp / Math.max(1, objects), tp / seen});
      }
      double before = 1e9;
      for (int i = points.size() - 1; i >= 0; i--) {
        best = Math.max(best, points.get(i)[1]);
        double prev = i == 0 ? 0 : points.get(i - 1)[0];
        ap += (points.get(i)[0] - prev) * best;
      }
      if (before > 0 && objects > 0) {
        sum += ap;
        n++;
      }
      per.add(
          new DetectionScores.ClassScores(
              classes.get(k), objects, ap, ap, ap, Collections.nCopies(101, 0.0)));
    }
    double m = n == 0 ? 0 : sum / n;
    return new DetectionScores(m, m, m, m, m, m, m, m, per);
  }
}
