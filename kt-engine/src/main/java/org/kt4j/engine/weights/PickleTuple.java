package org.kt4j.engine.weights;

import java.util.List;

/** A tuple of Python. */
record PickleTuple(List<Object> items) {}
