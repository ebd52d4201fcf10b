package org.kt4j.classification;

import java.util.ArrayList;
import java.util.List;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.source.TeacherPlan;
import org.kt4j.engine.student.FrozenNetwork;
import org.kt4j.engine.student.LogitFunction;

/** The classifiers of some teachers, in their order; they are closed with this. */
record FrozenClassifiers(List<FrozenNetwork> members, List<Double> shares)
    implements AutoCloseable {

  FrozenClassifiers(ImageShape shape, List<TeacherPlan> plans) {
    this(new ArrayList<>(), plans.stream().map(TeacherPlan::weight).toList());
    try {
      plans.forEach(plan -> members.add(new FrozenNetwork(shape, plan.teacher())));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** All as one. */
  LogitFunction together() {
    double all = shares.stream().mapToDouble(Double::doubleValue).sum();
    return new Ensemble(members, shares.stream().map(share -> share / all).toList());
  }

  @Override
  public void close() {
    members.forEach(FrozenNetwork::close);
  }
}
