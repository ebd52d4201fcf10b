/** The task of detection: detectors in training, in evaluation, and as teachers. */
@NullMarked
package org.kt4j.detection.training;

import org.jspecify.annotations.NullMarked;
