/**
 * Data sets: where images come from, how they are split, changed and brought to the network.
 *
 * <h2>From a name to batches</h2>
 *
 * A {@link org.kt4j.data.DatasetProvider} opens a data set by its options and gives {@link
 * org.kt4j.data.DataSplits}: training images, held-out images and test images. Each is an {@link
 * org.kt4j.data.ImageDataset}: uint8, NHWC, all of one shape, addressed by index. A {@link
 * org.kt4j.data.BatchStream} shuffles, augments and assembles them a few batches ahead of the
 * training step. Normalisation is left to the graph, so that what travels there is bytes.
 *
 * <pre>{@code
 * ShapesProvider shapes = new ShapesProvider();
 * DataSplits splits = shapes.open(shapes.defaults());
 * try (BatchStream stream =
 *     BatchStream.training(
 *         splits.train(), 64, Augmentation.defaults(), shapes.defaultNormalization(), 1)) {
 *   stream.epoch(0, 0).forEachRemaining(batch -> step(batch.images(), batch.labels()));
 * }
 * }</pre>
 *
 * <h2>What ships</h2>
 *
 * <table>
 * <caption>Data sets by name</caption>
 * <tr><th>name</th><th>images</th><th>files</th></tr>
 * <tr><td>{@code shapes}</td><td>any number, any size, 10 classes</td><td>none: painted</td></tr>
 * <tr><td>{@code cifar-10}, {@code cifar-100}</td><td>32x32x3, 50,000 + 10,000</td>
 *     <td>the binary version</td></tr>
 * <tr><td>{@code mnist}, {@code fashion-mnist}</td><td>28x28x1, 60,000 + 10,000</td>
 *     <td>IDX, {@code .gz} or not</td></tr>
 * <tr><td>{@code image-folder}</td><td>your own</td><td>JPEG and PNG by class, as viewers show them</td></tr>
 * </table>
 *
 * Any DJL {@code RandomAccessDataset} becomes one through {@link
 * org.kt4j.data.DjlDataset#of(ai.djl.training.dataset.RandomAccessDataset,
 * ai.djl.ndarray.NDManager, java.util.List) DjlDataset.of}. Files that have a public home are
 * brought by {@link org.kt4j.data.Downloader}; {@link org.kt4j.data.ContactSheet} shows what a data
 * set looks like. {@link org.kt4j.data.ShapeScene} paints several shapes on one ground and tells
 * where they are: pictures for detectors.
 *
 * <h2>Splits</h2>
 *
 * The option {@code train} counts the held-out images; {@code heldOut} of them are set aside to
 * select checkpoints by. The draw is stratified, seeded and part of the data set: it does not
 * depend on a run's seed. For data from files the held-out images stay the same when {@code train}
 * grows, and a larger training set holds the smaller one.
 *
 * <h2>The same pixels, always</h2>
 *
 * The order of an epoch is a pure function of (seed, epoch) and the augmentation of an image one of
 * (seed, epoch, index). So teacher and student see the same pixels, the number of threads does not
 * matter, and a run that is taken up in the middle of an epoch goes on as if it had never stopped.
 *
 * <h2>One of your own</h2>
 *
 * Implement {@link org.kt4j.data.DatasetProvider} with an options record, give it a public
 * constructor without parameters and name the class in {@code
 * META-INF/services/org.kt4j.data.DatasetProvider}. Faults of the files are {@link
 * org.kt4j.data.DataException}s that name the file, what was expected, and the fix.
 */
@NullMarked
package org.kt4j.data;

import org.jspecify.annotations.NullMarked;
