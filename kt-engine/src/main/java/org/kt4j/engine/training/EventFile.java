package org.kt4j.engine.training;

import java.nio.file.Path;
import java.util.Map;
import org.kt4j.engine.graph.NativeRuntime;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.SessionLog;
import org.tensorflow.proto.Summary;
import org.tensorflow.types.TString;

/**
 * Scalars for TensorBoard, written by TensorFlow's own summary operations. Each object writes a
 * file of its own; a file that is opened for a run that continues makes TensorBoard drop what an
 * earlier file holds for later steps.
 */
final class EventFile implements AutoCloseable {

  private static final int EVENTS_IN_MEMORY = 1000;
  private static final int MILLIS_IN_MEMORY = 120_000;

  private final Graph graph;
  private final Session session;
  private final Placeholder<TString> event;
  private final Op write;
  private final Op flush;
  private final Op close;

  /**
   * Begins a file.
   *
   * @param folder where TensorBoard looks for it; made when needed
   * @param firstStep what earlier files say of this step and later ones does not count
   */
  EventFile(Path folder, long firstStep) {
    graph = NativeRuntime.newGraph();
    session = new Session(graph, NativeRuntime.unoptimised());
    try {
      Ops tf = Ops.create(graph);
      Operand<?> writer = tf.summary.summaryWriter();
      event = tf.placeholder(TString.class);
      Op open =
          tf.summary.createSummaryFileWriter(
              writer,
              tf.constant(folder.toString()),
              tf.constant(EVENTS_IN_MEMORY),
              tf.constant(MILLIS_IN_MEMORY),
              tf.constant(".kt4j"));
      write = tf.summary.importEvent(writer, event);
      flush = tf.summary.flushSummaryWriter(writer);
      close = tf.summary.closeSummaryWriter(writer);
      session.run(open);
      if (firstStep > 0) {
        SessionLog begins =
            SessionLog.newBuilder().setStatus(SessionLog.SessionStatus.START).build();
        add(Event.newBuilder().setStep(firstStep).setSessionLog(begins));
      }
    } catch (RuntimeException | Error e) {
      session.close();
      graph.close();
      throw e;
    }
  }

  /**
   * Writes scalars and flushes them to the file.
   *
   * @param step that they belong to
   * @param scalars by tag
   */
  void add(long step, Map<String, Double> scalars) {
    Summary.Builder summary = Summary.newBuilder();
    scalars.forEach(
        (tag, value) ->
            summary.addValue(
                Summary.Value.newBuilder().setTag(tag).setSimpleValue(value.floatValue())));
    add(Event.newBuilder().setStep(step).setSummary(summary));
  }

  private void add(Event.Builder content) {
    byte[] bytes = content.setWallTime(System.currentTimeMillis() / 1e3).build().toByteArray();
    try (TString tensor = TString.tensorOfBytes(NdArrays.scalarOfObject(bytes))) {
      session.runner().feed(event, tensor).addTarget(write).run().close();
    }
    session.run(flush);
  }

  @Override
  public void close() {
    session.run(close);
    session.close();
    graph.close();
  }
}
