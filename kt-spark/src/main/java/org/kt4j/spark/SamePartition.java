package org.kt4j.spark;

import java.io.Serializable;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;

/** Changes nothing; Spark's barrier asks for a function of Scala. */
final class SamePartition<T> extends AbstractFunction1<Iterator<T>, Iterator<T>>
    implements Serializable {

  private static final long serialVersionUID = 1;

  @Override
  public Iterator<T> apply(Iterator<T> partition) {
    return partition;
  }
}
