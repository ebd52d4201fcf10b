/** Commands of kt as jobs of Apache Spark. Each task runs kt in a process of its own. */
@NullMarked
package org.kt4j.spark;

import org.jspecify.annotations.NullMarked;
