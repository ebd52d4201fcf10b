package org.kt4j.data;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an HTTP answer, read while it arrives. The JDK's own stream drops what it holds when
 * the connection is cut, and waits for ever for a server that falls silent.
 */
final class ArrivingBytes implements BodySubscriber<ArrivingBytes>, AutoCloseable {

  /**
   * What happened next.
   *
   * @param bytes that came; none at the end
   * @param fault why it is the end; null where all has come
   */
  private record Arrival(List<ByteBuffer> bytes, @Nullable Throwable fault) {}

  private final Duration silence;
  private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
  private Flow.@Nullable Subscription subscription;
  private boolean closed;

  /**
   * A body.
   *
   * @param silence how long nothing may come
   */
  ArrivingBytes(Duration silence) {
    this.silence = silence;
  }

  /**
   * Waits for bytes.
   *
   * @return them; empty at the body's end
   * @throws IOException when the connection is cut or silent
   */
  Optional<List<ByteBuffer>> next() throws IOException, InterruptedException {
    Arrival arrival = arrivals.poll(silence.toMillis(), TimeUnit.MILLISECONDS);
    if (arrival == null) {
      throw new HttpTimeoutException("nothing came for " + silence.toMillis() + " ms");
    }
    Throwable fault = arrival.fault();
    if (fault != null) {
      throw fault instanceof IOException ofNetwork ? ofNetwork : new IOException(fault);
    }
    if (arrival.bytes().isEmpty()) {
      return Optional.empty();
    }
    request();
    return Optional.of(arrival.bytes());
  }

  @Override
  public CompletionStage<ArrivingBytes> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public synchronized void onSubscribe(Flow.Subscription opened) {
    subscription = opened;
    request();
  }

  private synchronized void request() {
    Flow.Subscription open = subscription;
    if (open != null) {
      if (closed) {
        open.cancel();
      } else {
        open.request(1);
      }
    }
  }

  @Override
  public void onNext(List<ByteBuffer> bytes) {
    arrivals.add(new Arrival(bytes, null));
  }

  @Override
  public void onError(Throwable fault) {
    arrivals.add(new Arrival(List.of(), fault));
  }

  @Override
  public void onComplete() {
    arrivals.add(new Arrival(List.of(), null));
  }

  /** Ends the connection where bytes are still to come. */
  @Override
  public synchronized void close() {
    closed = true;
    if (subscription != null) {
      subscription.cancel();
    }
  }
}
