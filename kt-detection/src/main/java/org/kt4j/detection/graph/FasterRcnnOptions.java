package org.kt4j.detection.graph;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.engine.experiment.NetworkConfig;
import org.kt4j.engine.network.ImageNetResNetProvider;

/**
 * Options of {@code faster-rcnn}.
 *
 * @param backbone the network whose map is searched
 * @param tap where the backbone is cut; its stride follows from the sizes
 * @param height of the pictures as the network sees them, a multiple of the stride
 * @param width likewise; a picture is scaled to fit, keeps its proportions and is padded on the
 *     right or below
 * @param anchorScales square roots of the anchors' areas, in pixels of the scaled picture
 * @param anchorRatios heights over widths
 * @param rpnChannels of the region proposal network's hidden layer
 * @param candidates proposals of a picture that go into the suppression
 * @param proposals that come out of it and are looked at
 * @param proposalOverlap largest IoU of two proposals
 * @param sampledAnchors of a picture that a training step learns from
 * @param sampledRegions of a picture that a training step learns from
 * @param poolSize bins of RoIAlign in each direction
 * @param head what turns a region into a vector
 * @param headUnits of both layers of a dense head
 * @param frozenBatchNorm whether the backbone's normalisations stay as they are, statistics, scales
 *     and offsets
 * @param scaleJitter training pictures are scaled by a factor from one less to one more than this
 * @param scoreThreshold smallest score of a detection
 * @param detectionOverlap largest IoU of two detections of one class
 * @param detections of a picture at most
 */
public record FasterRcnnOptions(
    @Description("the network whose map is searched") NetworkConfig backbone,
    @Description("where the backbone is cut, such as stage3; its stride follows from the sizes")
        String tap,
    @Description(
            "rows of the pictures as the network sees them, a multiple of the stride, 1 to 8192")
        int height,
    @Description("columns likewise, 1 to 8192; pictures are scaled to fit and padded") int width,
    @Description("square roots of the anchors' areas, in pixels of the scaled picture, 1 to 16384")
        List<Double> anchorScales,
    @Description("heights over widths of the anchors, 0.01 to 100") List<Double> anchorRatios,
    @Description("channels of the region proposal network's hidden layer, 1 to 8192")
        int rpnChannels,
    @Description("proposals of a picture that go into the suppression, proposals to 100000")
        int candidates,
    @Description("proposals of a picture that come out of it and are looked at, 1 to 10000")
        int proposals,
    @Description("largest IoU of two proposals, above 0 to 1") double proposalOverlap,
    @Description("anchors of a picture that a training step learns from, 2 to 100000")
        int sampledAnchors,
    @Description("regions of a picture that a training step learns from, 1 to the proposals")
        int sampledRegions,
    @Description("bins of RoIAlign in each direction, 1 to 64") int poolSize,
    @Description("dense: two dense layers; stage: the backbone's layers behind the tap") Head head,
    @Description("units of both layers of a dense head, 1 to 65536") int headUnits,
    @Description(
            "whether the backbone's batch normalisations stay as they are; for a backbone"
                + " that was trained before")
        boolean frozenBatchNorm,
    @Description("training pictures are scaled by up to this more or less, 0 to 0.9")
        double scaleJitter,
    @Description("smallest score of a detection, 0 to below 1") double scoreThreshold,
    @Description("largest IoU of two detections of one class, above 0 to 1")
        double detectionOverlap,
    @Description("detections of a picture at most, 1 to 10000") int detections) {

  /** What turns a region's part of the map into a vector. */
  public enum Head {
    /** Two dense layers. */
    DENSE,
    /** The backbone's layers behind the tap, up to its global pooling. */
    STAGE
  }

  /** Scales or ratios. */
  private static final int MOST_ANCHORS = 32;

  /** Checks the ranges. */
  public FasterRcnnOptions {
    within("height", height, 1, 8_192);
    within("width", width, 1, 8_192);
    within("rpnChannels", rpnChannels, 1, 8_192);
    within("proposals", proposals, 1, 10_000);
    within("poolSize", poolSize, 1, 64);
    within("headUnits", headUnits, 1, 65_536);
    within("detections", detections, 1, 10_000);
    within("sampledAnchors", sampledAnchors, 2, 100_000);
    require(
        candidates >= proposals && candidates <= 100_000,
        "candidates",
        candidates,
        "proposals (" + proposals + ") to 100000");
    require(
        sampledRegions >= 1 && sampledRegions <= proposals,
        "sampledRegions",
        sampledRegions,
        "1 to proposals (" + proposals + ")");
    require(scaleJitter >= 0 && scaleJitter <= 0.9, "scaleJitter", scaleJitter, "0 to 0.9");
    require(
        scoreThreshold >= 0 && scoreThreshold < 1,
        "scoreThreshold",
        scoreThreshold,
        "0 to below 1");
    share("proposalOverlap", proposalOverlap);
    share("detectionOverlap", detectionOverlap);
    within("anchorScales", anchorScales, 1, 16_384);
    within("anchorRatios", anchorRatios, 0.01, 100);
    anchorScales = List.copyOf(anchorScales);
    anchorRatios = List.copyOf(anchorRatios);
  }

  /** Small pictures, a ResNet-18. */
  public static FasterRcnnOptions defaults() {
    return new FasterRcnnOptions(
        new NetworkConfig("imagenet-resnet-18", new ImageNetResNetProvider().variant("18")),
        "stage3",
        240,
        320,
        List.of(32.0, 64.0, 128.0),
        List.of(0.5, 1.0, 2.0),
        256,
        1000,
        100,
        0.7,
        128,
        64,
        7,
        Head.DENSE,
        256,
        false,
        0.2,
        0.05,
        0.5,
        100);
  }

  /**
   * The same detector with other numbers of filters: those of {@link RegionProposals#CONVOLUTION}
   * are {@link #rpnChannels}, all others are the backbone's.
   *
   * @param widths filters by the name of a convolution; all that differ from the definition
   */
  public FasterRcnnOptions with(Map<String, Integer> widths) {
    Map<String, Integer> ofBackbone = new TreeMap<>(widths);
    Integer channels = ofBackbone.remove(RegionProposals.CONVOLUTION);
    return new FasterRcnnOptions(
        backbone.with(ofBackbone),
        tap,
        height,
        width,
        anchorScales,
        anchorRatios,
        channels == null ? rpnChannels : channels,
        candidates,
        proposals,
        proposalOverlap,
        sampledAnchors,
        sampledRegions,
        poolSize,
        head,
        headUnits,
        frozenBatchNorm,
        scaleJitter,
        scoreThreshold,
        detectionOverlap,
        detections);
  }

  /** The numbers of filters that it has, as {@link #with} takes them. */
  public Map<String, Integer> widths() {
    Map<String, Integer> widths = new TreeMap<>(backbone.widths());
    widths.put(RegionProposals.CONVOLUTION, rpnChannels);
    return widths;
  }

  Anchors anchors() {
    return new Anchors(anchorScales, anchorRatios);
  }

  private static void within(String key, List<Double> values, double least, double most) {
    require(
        !values.isEmpty()
            && values.size() <= MOST_ANCHORS
            && values.stream().allMatch(v -> v >= least && v <= most),
        key,
        values,
        "1 to " + MOST_ANCHORS + " numbers, each " + least + " to " + most);
  }

  private static void share(String key, double value) {
    require(value > 0 && value <= 1, key, value, "above 0 to 1");
  }

  private static void within(String key, int value, int least, int most) {
    require(value >= least && value <= most, key, value, least + " to " + most);
  }

  private static void require(boolean holds, String key, Object value, String allowed) {
    if (!holds) {
      throw new InvalidOptionException(key, value, allowed);
    }
  }
}
