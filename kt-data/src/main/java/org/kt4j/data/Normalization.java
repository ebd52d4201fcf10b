package org.kt4j.data;

import java.util.Collections;
import java.util.List;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/**
 * What makes a pixel a network input: {@code (byte / 255 - mean) / std}, per channel.
 *
 * @param mean one number per channel on the 0..1 scale
 * @param std one number above 0 per channel on the 0..1 scale
 */
public record Normalization(
    @Description("mean per channel, 0 to 1") List<Double> mean,
    @Description("standard deviation per channel, above 0, on the 0 to 1 scale") List<Double> std) {

  /** Checks the numbers. */
  public Normalization {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (mean.isEmpty() || mean.stream().anyMatch(m -> !(m >= 0 && m <= 1))) {
      throw new InvalidOptionException("mean", mean, "one number from 0 to 1 per channel");
    }
    if (std.size() != mean.size() || std.stream().anyMatch(s -> !(s > 0 && s <= 1))) {
      throw new InvalidOptionException(
          "std", std, "one number above 0 and at most 1 per channel, as many as in mean");
    }
  }

  /** The ImageNet numbers, as torchvision has them: a fair start for photographs. */
  public static Normalization imageNet() {
    return new Normalization(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));
  }

  /** Leaves pixels as they are, from 0 to 1. */
  public static Normalization none(int channels) {
    return new Normalization(
        Collections.nCopies(channels, 0.0), Collections.nCopies(channels, 1.0));
  }

  /** The channels: 1 or 3. */
  public int channels() {
    return mean.size();
  }

  /** The mean colour as uint8, one byte per channel: what cutout fills with. */
  byte[] meanColour() {
    byte[] colour = new byte[mean.size()];
    for (int channel = 0; channel < colour.length; channel++) {
      colour[channel] = (byte) Math.round(255 * mean.get(channel));
    }
    return colour;
  }
}
