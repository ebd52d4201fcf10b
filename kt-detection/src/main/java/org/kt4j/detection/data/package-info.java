/**
 * Pictures with boxes: PASCAL VOC and COCO layouts, and pictures that the program paints.
 *
 * <h2>From a name to pictures with boxes</h2>
 *
 * A {@link org.kt4j.detection.data.DetectionDatasetProvider} opens a data set by its options and
 * gives {@link org.kt4j.detection.data.DetectionSplits}. Each part is a {@link
 * org.kt4j.detection.data.DetectionDataset}: pictures of any size, addressed by index, with {@link
 * org.kt4j.detection.data.LabelledBox}es in pixels of the stored picture. {@link
 * org.kt4j.detection.data.Box} says where its edges lie. The same provider is a data set for
 * classifiers, too: {@code open} cuts out every object that is not difficult as a square with some
 * of its surroundings, resized to {@code crop-size}.
 *
 * <pre>{@code
 * VocProvider voc = new VocProvider();
 * DetectionDataset train = voc.openDetection(voc.defaults()).train();
 * Picture pixels = train.pixels(0);
 * for (LabelledBox object : train.objects(0)) {
 *   System.out.println(train.classes().get(object.label()) + " at " + object.box());
 * }
 * }</pre>
 *
 * <h2>What ships</h2>
 *
 * <table>
 * <caption>Data sets by name</caption>
 * <tr><th>name</th><th>pictures</th><th>files</th></tr>
 * <tr><td>{@code shapes-detection}</td><td>any number, any size, 4 classes</td>
 *     <td>none: painted</td></tr>
 * <tr><td>{@code voc}</td><td>your own</td><td>XML and JPEG or PNG</td></tr>
 * <tr><td>{@code coco}</td><td>your own</td><td>JSON and JPEG or PNG</td></tr>
 * </table>
 *
 * <h2>What is put right and what is refused</h2>
 *
 * Boxes without area are dropped and boxes that reach beyond their picture are clipped; one warning
 * for each part counts them and names the first pictures. Pictures without objects are kept. A file
 * that is missing, a class that is unknown, a picture in two parts and an annotation that cannot be
 * read are {@link org.kt4j.data.DataException}s when the data set is opened; a picture that is
 * broken, cut short or of another size than its annotation says is one when it is asked for.
 *
 * <h2>One of your own</h2>
 *
 * Implement {@link org.kt4j.detection.data.DetectionDatasetProvider} with an options record, give
 * it a public constructor without parameters and name the class in {@code
 * META-INF/services/org.kt4j.data.DatasetProvider}.
 */
@NullMarked
package org.kt4j.detection.data;

import org.jspecify.annotations.NullMarked;
