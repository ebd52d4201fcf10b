/** Image classification: a student that names one class for each picture. */
@NullMarked
package org.kt4j.classification;

import org.jspecify.annotations.NullMarked;
