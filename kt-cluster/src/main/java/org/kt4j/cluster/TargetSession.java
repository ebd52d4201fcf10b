package org.kt4j.cluster;

import static org.tensorflow.internal.c_api.global.tensorflow.TF_GetCode;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_Message;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_NewSession;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_OK;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SetConfig;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SetTarget;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.kt4j.engine.replica.ReplicaException;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.TF_Session;
import org.tensorflow.internal.c_api.TF_SessionOptions;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.proto.ConfigProto;

/**
 * A session that runs on a server. TensorFlow Java has no public way to name the server, so this
 * uses the native functions, and the constructor of {@link Session} that takes what they return.
 */
final class TargetSession {

  private TargetSession() {}

  /**
   * A session.
   *
   * @param target such as {@code grpc://localhost:2222}
   */
  static Session of(Graph graph, String target, ConfigProto config) {
    try (PointerScope scope = new PointerScope()) {
      TF_SessionOptions options = TF_SessionOptions.newSessionOptions();
      TF_Status status = TF_Status.newStatus();
      TF_SetTarget(options, target);
      byte[] message = config.toByteArray();
      TF_SetConfig(options, new BytePointer(message), message.length, status);
      require(status);
      TF_Session handle = TF_NewSession(handle(graph), options, status);
      require(status);
      handle.retainReference();
      Constructor<Session> constructor =
          Session.class.getDeclaredConstructor(Graph.class, TF_Session.class);
      constructor.setAccessible(true);
      Session session = constructor.newInstance(graph, handle);
      scope.extend();
      return session;
    } catch (ReflectiveOperationException e) {
      throw new ReplicaException(
          "this version of TensorFlow Java has no session that takes a native one; fix: the version"
              + " that kt4j names",
          e);
    }
  }

  private static TF_Graph handle(Graph graph) throws ReflectiveOperationException {
    Field field = Graph.class.getDeclaredField("nativeHandle");
    field.setAccessible(true);
    return (TF_Graph) field.get(graph);
  }

  private static void require(TF_Status status) {
    if (TF_GetCode(status) != TF_OK) {
      throw new ReplicaException(
          "TensorFlow has no session on this worker's server: " + TF_Message(status).getString());
    }
  }
}
