package org.kt4j.data;

import com.twelvemonkeys.imageio.color.ColorProfiles;
import com.twelvemonkeys.imageio.color.ColorSpaces;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.zip.InflaterInputStream;

/** The colour profile of a PNG file, by which its colours become sRGB. */
final class PngProfile {

  /** The largest profile that is unpacked. */
  private static final int LARGEST = 1 << 23;

  private final ColorSpace space;

  private PngProfile(ColorSpace space) {
    this.space = space;
  }

  /**
   * What a chunk iCCP holds; empty when it is sRGB, grey, or cannot be read, for then viewers show
   * the stored values.
   *
   * @param chunk a name, a zero, the method, and the packed profile
   */
  static Optional<PngProfile> of(byte[] chunk) {
    int end = 0;
    while (end < chunk.length && chunk[end] != 0) {
      end++;
    }
    int start = Math.min(chunk.length, end + 2);
    try (InputStream packed =
        new InflaterInputStream(new ByteArrayInputStream(chunk, start, chunk.length - start))) {
      byte[] unpacked = packed.readNBytes(LARGEST);
      ICC_Profile profile = ColorProfiles.createProfile(unpacked);
      return profile.getNumComponents() == 3 && !ColorProfiles.isCS_sRGB(profile)
          ? Optional.of(new PngProfile(ColorSpaces.createColorSpace(profile)))
          : Optional.empty();
    } catch (IOException | RuntimeException e) { // of Java's colours, on damaged profiles
      return Optional.empty();
    }
  }

  /** The first three bands as sRGB, in as many bits as before. */
  Raster converted(Raster raster) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    boolean wide = raster.getTransferType() == DataBuffer.TYPE_USHORT;
    WritableRaster colours =
        Raster.createInterleavedRaster(
            wide ? DataBuffer.TYPE_USHORT : DataBuffer.TYPE_BYTE, width, height, 3, null);
    WritableRaster result = colours.createCompatibleWritableRaster();
    colours.setRect(raster.createChild(0, 0, width, height, 0, 0, new int[] {0, 1, 2}));
    new ColorConvertOp(space, ColorSpace.getInstance(ColorSpace.CS_sRGB), null)
        .filter(colours, result);
    return result;
  }

  /** A picture with a palette, the palette converted. */
  BufferedImage converted(BufferedImage image, IndexColorModel palette) {
    int size = palette.getMapSize();
    int[] argb = new int[size];
    palette.getRGBs(argb);
    WritableRaster colours = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, size, 1, 3, null);
    for (int i = 0; i < size; i++) {
      colours.setPixel(i, 0, new int[] {argb[i] >> 16 & 0xFF, argb[i] >> 8 & 0xFF, argb[i] & 0xFF});
    }
    Raster converted = converted(colours);
    int[] rgb = new int[3];
    for (int i = 0; i < size; i++) {
      converted.getPixel(i, 0, rgb);
      argb[i] = (argb[i] & 0xFF000000) | rgb[0] << 16 | rgb[1] << 8 | rgb[2];
    }
    IndexColorModel changed =
        new IndexColorModel(
            palette.getPixelSize(), size, argb, 0, true, -1, palette.getTransferType());
    return new BufferedImage(changed, image.getRaster(), false, null);
  }
}
