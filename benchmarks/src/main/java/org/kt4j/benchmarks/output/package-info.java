/** Numbers, tables, pages and files, written in the same way everywhere. */
@NullMarked
package org.kt4j.benchmarks.output;

import org.jspecify.annotations.NullMarked;
