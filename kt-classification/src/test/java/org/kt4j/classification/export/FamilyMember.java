package org.kt4j.classification.export;

import java.util.List;
import java.util.function.Supplier;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.network.CifarResNetProvider.Shortcut;
import org.kt4j.engine.network.ImageNetResNetProvider;
import org.kt4j.engine.network.InceptionBnProvider;
import org.kt4j.engine.network.MobileNetV2Provider;
import org.kt4j.engine.network.PreActResNetProvider;
import org.kt4j.engine.network.VggProvider;
import org.kt4j.engine.network.WideResNetProvider;
import org.kt4j.imagelevel.TrainedNetwork;

/**
 * A member of a family.
 *
 * @param normalisations how many it has
 * @param kept those that have no convolution below, or one whose output something else reads
 */
record FamilyMember(
    String name, Supplier<TrainedNetwork> classifier, int normalisations, List<String> kept) {

  private static final ImageShape SMALL = new ImageShape(16, 16, 3);
  private static final ImageShape LARGER = new ImageShape(32, 32, 3);

  @Override
  public String toString() {
    return name;
  }

  static List<FamilyMember> all() {
    // Before activation, a block's first normalisation reads a sum, or, in the very first block,
    // the convolution that its shortcut reads, too; the last one reads a sum.
    List<String> preActivation = List.of("layer1.0.bn1", "layer2.0.bn1", "layer3.0.bn1", "bn");
    List<String> wide = List.of("block1.layer.0.bn1", "block2.layer.0.bn1", "block3.layer.0.bn1");
    return List.of(
        // bn1, then three blocks of two.
        new FamilyMember("resnet-8, a", () -> Classifiers.resNet(Shortcut.A, 4, 3), 7, List.of()),
        // And two shortcuts where the width changes.
        new FamilyMember("resnet-8, b", () -> Classifiers.resNet(Shortcut.B, 4, 3), 9, List.of()),
        // Three blocks of two, and the last.
        new FamilyMember(
            "preact-resnet-8",
            () ->
                Classifiers.random(
                    new PreActResNetProvider(),
                    new PreActResNetProvider.Options(8, 4, PreActResNetProvider.Block.BASIC),
                    SMALL),
            7,
            preActivation),
        // Three blocks of three, and the last. The first block widens to 16 channels, so that its
        // shortcut reads what is normalised and nobody else reads the convolution below.
        new FamilyMember(
            "preact-resnet-11",
            () ->
                Classifiers.random(
                    new PreActResNetProvider(),
                    new PreActResNetProvider.Options(11, 4, PreActResNetProvider.Block.BOTTLENECK),
                    SMALL),
            10,
            preActivation.subList(1, 4)),
        new FamilyMember(
            "wide-resnet-10-1",
            () ->
                Classifiers.random(
                    new WideResNetProvider(), new WideResNetProvider.Options(10, 1, 0), SMALL),
            7,
            List.of(wide.get(0), wide.get(1), wide.get(2), "bn1")),
        // Eight convolutions.
        new FamilyMember(
            "vgg-11",
            () ->
                Classifiers.random(
                    new VggProvider(),
                    new VggProvider.Options(11, true, VggProvider.Head.SMALL),
                    LARGER),
            8,
            List.of()),
        // conv1, eight modules of two branches and two of one.
        new FamilyMember(
            "inception-bn-small",
            () ->
                Classifiers.random(
                    new InceptionBnProvider(), new InceptionBnProvider.Options(true), SMALL),
            19,
            List.of()),
        // The first convolution, a block of two, 16 blocks of three, the last convolution.
        new FamilyMember(
            "mobilenet-v2",
            () ->
                Classifiers.random(
                    new MobileNetV2Provider(), new MobileNetV2Provider.Options(0.25, true), SMALL),
            52,
            List.of()),
        // bn1, four blocks of two, three shortcuts.
        new FamilyMember(
            "imagenet-resnet-10",
            () ->
                Classifiers.random(
                    new ImageNetResNetProvider(),
                    new ImageNetResNetProvider.Options(10, 4),
                    LARGER),
            12,
            List.of()));
  }
}
