package org.kt4j.engine.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.TensorFlowFailure;
import org.kt4j.engine.graph.Variable;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TString;

/** Writes the variables of one graph; the operation is added to the graph once. */
public final class CheckpointWriter {

  private final ImageGraph graph;
  private final List<Variable> variables;
  private final Placeholder<TString> prefix;
  private final Op save;

  /** A writer of these variables. */
  public CheckpointWriter(ImageGraph graph, Collection<Variable> variables) {
    this.graph = graph;
    this.variables = List.copyOf(variables);
    Ops tf = graph.tf().withSubScope("checkpoint");
    List<Operand<?>> values = new ArrayList<>();
    this.variables.forEach(variable -> values.add(variable.value()));
    String[] paths = this.variables.stream().map(Variable::path).toArray(String[]::new);
    String[] whole = new String[paths.length];
    Arrays.fill(whole, "");
    prefix = tf.placeholder(TString.class);
    save = tf.train.save(prefix, tf.array(paths), tf.array(whole), values);
  }

  List<Variable> variables() {
    return variables;
  }

  /** Writes {@code folder/variables.index} and {@code folder/variables.data-*}. */
  void write(Path folder) {
    try (TString path = TString.scalarOf(folder.resolve("variables").toString())) {
      graph.runner().feed(prefix, path).addTarget(save).run().close();
    } catch (RuntimeException e) {
      throw new CheckpointException(
          folder
              + ": the checkpoint could not be written: "
              + TensorFlowFailure.reason(e)
              + "; the run's earlier checkpoints are untouched. Make room and start the same "
              + "command again",
          e);
    }
  }
}
