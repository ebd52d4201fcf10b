/**
 * Methods by which a student learns how something relates to something else in the teacher: the
 * pictures of a batch to each other, the channels of a layer, or a layer to the next. What relates
 * pictures needs neither the same channels nor the same sizes on both sides.
 */
@NullMarked
package org.kt4j.relations;

import org.jspecify.annotations.NullMarked;
