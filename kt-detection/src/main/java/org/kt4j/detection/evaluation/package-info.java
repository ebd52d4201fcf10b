/**
 * How good detections are: average precision as PASCAL VOC and COCO define it.
 *
 * <pre>{@code
 * DetectionEvaluator evaluator = new DetectionEvaluator(test.classes());
 * for (int i = 0; i < test.size(); i++) {
 *   evaluator.add(test.objects(i), detector.find(test.pixels(i)));
 * }
 * DetectionScores scores = evaluator.scores();
 * System.out.println("mAP " + scores.vocArea() + ", COCO AP " + scores.coco());
 * }</pre>
 *
 * The two differ in more than their averages. To PASCAL VOC, a detection looks only at the object
 * that it overlaps most; to COCO, at the best one that is still free. A difficult object, to PASCAL
 * VOC, absorbs what overlaps it most; to COCO, it is a crowd that absorbs whatever lies in it and
 * finds nothing better. Both agree that neither finding nor missing it counts.
 */
@NullMarked
package org.kt4j.detection.evaluation;

import org.jspecify.annotations.NullMarked;
