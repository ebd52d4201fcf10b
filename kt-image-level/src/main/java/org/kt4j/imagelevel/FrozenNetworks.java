package org.kt4j.imagelevel;

import java.util.ArrayList;
import java.util.List;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.source.TeacherPlan;

/**
 * The teachers of a run, each ready to answer; closes them.
 *
 * @param members in the order of the configuration
 * @param shares of their answers where they are asked as one; one together
 */
public record FrozenNetworks(List<FrozenNetwork> members, List<Double> shares)
    implements AutoCloseable {

  /**
   * Loads teachers.
   *
   * @param shape of the pictures
   * @throws org.kt4j.engine.teacher.WeightsException when the weights of one belong to another
   *     network
   */
  public static FrozenNetworks of(ImageShape shape, List<TeacherPlan> plans) {
    double all = plans.stream().mapToDouble(TeacherPlan::weight).sum();
    FrozenNetworks networks =
        new FrozenNetworks(
            new ArrayList<>(), plans.stream().map(plan -> plan.weight() / all).toList());
    try {
      plans.forEach(plan -> networks.members.add(new FrozenNetwork(shape, plan.teacher())));
      return networks;
    } catch (RuntimeException | Error e) {
      networks.close();
      throw e;
    }
  }

  @Override
  public void close() {
    members.forEach(FrozenNetwork::close);
  }
}
