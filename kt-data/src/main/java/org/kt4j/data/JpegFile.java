package org.kt4j.data;

import com.twelvemonkeys.imageio.color.ColorSpaces;
import com.twelvemonkeys.imageio.plugins.jpeg.JPEGImageReaderSpi;
import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.awt.color.ColorSpace;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;

/**
 * A JPEG file. TwelveMonkeys' reader decodes it: Java's own refuses or misreads much of what
 * cameras and other programs write, such as damaged colour profiles.
 */
final class JpegFile {

  private static final int APP1 = 0xE1;
  private static final int APP2 = 0xE2;
  private static final int APP14 = 0xEE;
  private static final int START_OF_SCAN = 0xDA;
  private static final int END_OF_IMAGE = 0xD9;

  /** A block of 64 takes at least one bit, and can be sampled half as often along each axis. */
  private static final int MOST_PIXELS_OF_A_BYTE = 8 * 64 * 4;

  private static final String EXIF = "Exif\0\0";
  private static final String PROFILE = "ICC_PROFILE\0";
  private static final String ADOBE = "Adobe";

  private final InputStream in;
  private int position;

  private int process = -1;
  private int precision;
  private int height;
  private int width;
  private int components;
  private int adobeTransform = -1;
  private Orientation orientation = Orientation.AS_STORED;
  private boolean oriented;

  /** Where the segments with parts of a colour profile begin. */
  private final List<Integer> profiles = new ArrayList<>();

  private long profileBytes;
  private long profileSize = Long.MAX_VALUE;

  private JpegFile(InputStream in) {
    this.in = in;
  }

  /** Reads everything in front of the first scan. */
  static JpegFile read(InputStream in) throws IOException {
    JpegFile file = new JpegFile(in);
    try {
      file.readSegments();
    } catch (EOFException e) {
      throw new IOException("cut short: the JPEG ends before its pixels; fix: copy it again", e);
    }
    return file;
  }

  /** Reads a whole file; upright. */
  static Picture picture(byte[] content) throws IOException {
    JpegFile file = read(new ByteArrayInputStream(content));
    file.requireDecodable(content);
    // Room for a profile is made by the size that it claims, before its bytes are looked for.
    boolean cut = file.profileSize > file.profileBytes;
    return file.orientation.upright(
        file.decodedOrBroken(cut ? file.withoutProfile(content) : content));
  }

  PictureHead head() {
    return PictureHead.ofStored(height, width, orientation);
  }

  private Picture decodedOrBroken(byte[] content) throws IOException {
    try {
      return decoded(content);
    } catch (IOException | RuntimeException e) { // the decoders throw these, too, on broken files
      if (!profiles.isEmpty()) { // perhaps no colour can be computed by it
        return decodedOrBroken(withoutProfile(content));
      }
      throw DecodedImage.broken("JPEG", e);
    }
  }

  private void readSegments() throws IOException {
    next();
    next();
    for (int marker = marker(); marker != START_OF_SCAN; marker = marker()) {
      if (marker == END_OF_IMAGE) {
        throw new IOException("broken: the JPEG has no pixels");
      }
      if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) {
        continue; // these have no content
      }
      int length = next() << 8 | next();
      if (length < 2) {
        throw new IOException(
            "broken: a JPEG segment of " + length + " bytes; allowed: at least 2");
      }
      int start = position;
      byte[] content = in.readNBytes(length - 2);
      position += content.length;
      if (content.length < length - 2) {
        throw new EOFException();
      }
      segment(marker, content, start);
    }
    if (process < 0) {
      throw new IOException("broken: the JPEG does not say how large it is");
    }
  }

  /** The next marker; bytes between segments are passed over, as viewers do. */
  private int marker() throws IOException {
    while (true) {
      int value = next();
      while (value != 0xFF) {
        value = next();
      }
      while (value == 0xFF) { // may be repeated
        value = next();
      }
      if (value != 0) {
        return value;
      }
    }
  }

  private int next() throws IOException {
    int value = in.read();
    if (value < 0) {
      throw new EOFException();
    }
    position++;
    return value;
  }

  private void segment(int marker, byte[] content, int start) throws IOException {
    if (marker == APP1 && !oriented && startsWith(content, EXIF)) {
      oriented = true;
      orientation = Orientation.of(Arrays.copyOfRange(content, EXIF.length(), content.length));
    } else if (marker == APP2 && startsWith(content, PROFILE)) {
      profilePart(content, start);
    } else if (marker == APP14 && startsWith(content, ADOBE) && content.length >= 12) {
      adobeTransform = content[11] & 0xFF;
    } else if (isFrame(marker) && process < 0) {
      if (content.length < 6) {
        throw new IOException("broken: the JPEG's frame header is too short");
      }
      process = marker & 0x0F;
      precision = content[0] & 0xFF;
      height = (content[1] & 0xFF) << 8 | (content[2] & 0xFF);
      width = (content[3] & 0xFF) << 8 | (content[4] & 0xFF);
      components = content[5] & 0xFF;
    }
  }

  /** Behind the identifier stand the part's number, how many there are, and the bytes. */
  private void profilePart(byte[] content, int start) {
    profiles.add(start);
    int from = PROFILE.length() + 2;
    profileBytes += Math.max(0, content.length - from);
    if (profiles.size() == 1 && content.length >= from + 4) {
      profileSize = ByteBuffer.wrap(content).getInt(from) & 0xFFFFFFFFL;
    }
  }

  private static boolean isFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  private static boolean startsWith(byte[] content, String text) {
    byte[] wanted = text.getBytes(StandardCharsets.ISO_8859_1);
    return content.length >= wanted.length
        && Arrays.equals(content, 0, wanted.length, wanted, 0, wanted.length);
  }

  private void requireDecodable(byte[] content) throws IOException {
    if (process == 3) {
      throw new IOException(refused("lossless coding (SOF3)"));
    }
    if (process > 8) {
      throw new IOException(refused("arithmetic coding (SOF" + process + ")"));
    }
    if (process > 4) {
      throw new IOException(refused("hierarchical coding (SOF" + process + ")"));
    }
    if (precision != 8) {
      throw new IOException(refused(precision + " bits per colour"));
    }
    if (height == 0 || width == 0) {
      throw new IOException("broken: the JPEG says it has " + width + "x" + height + " pixels");
    }
    PictureRoom.require(height, width, Math.max(components, 3));
    PictureRoom.requireHeld(height, width, content.length, MOST_PIXELS_OF_A_BYTE);
    if (!hasEnd(content)) {
      throw new IOException(
          "cut short: the JPEG's end-of-image marker is missing; fix: copy it again");
    }
  }

  private static String refused(String what) {
    return "a JPEG with "
        + what
        + ", which is not read; allowed: baseline and progressive with 8 bits per colour; fix: convert"
        + " it";
  }

  /**
   * Whether there is an end-of-image marker behind the start of the first scan. A thumbnail in the
   * head has a marker of its own, which does not count; in the scans, FF is never followed by D9.
   */
  private boolean hasEnd(byte[] content) {
    for (int end = content.length - 2; end >= position; end--) {
      if ((content[end] & 0xFF) == 0xFF && (content[end + 1] & 0xFF) == END_OF_IMAGE) {
        return true;
      }
    }
    return false;
  }

  private Picture decoded(byte[] content) throws IOException {
    ImageReader reader = Provider.JPEG.createReaderInstance();
    try (ImageInputStream stream = new ByteArrayImageInputStream(content)) {
      reader.setInput(stream, true, true);
      return components == 4 && !hasProfileOfInks(reader)
          ? ofInks(reader.readRaster(0, null))
          : DecodedImage.picture(reader.read(0));
    } finally {
      reader.dispose();
    }
  }

  /**
   * Whether the file says what its inks look like. What TwelveMonkeys takes otherwise depends on
   * the machine.
   */
  private boolean hasProfileOfInks(ImageReader reader) throws IOException {
    if (profiles.isEmpty()) {
      return false;
    }
    ColorSpace space = reader.getRawImageType(0).getColorModel().getColorSpace();
    return space.getType() == ColorSpace.TYPE_CMYK
        && space != ColorSpaces.getColorSpace(ColorSpaces.CS_GENERIC_CMYK);
  }

  /**
   * Cyan, magenta, yellow and black, of which all programs store the complement, as Adobe's do: R =
   * C K / 255 of the stored values, as viewers show it.
   */
  private Picture ofInks(Raster stored) {
    byte[] pixels = new byte[height * width * 3];
    int[] row = new int[width * 4];
    for (int y = 0; y < height; y++) {
      stored.getPixels(0, y, width, 1, row);
      for (int x = 0; x < width; x++) {
        int from = 4 * x;
        if (adobeTransform >= 0 && adobeTransform != 0) {
          inksOfYcck(row, from);
        }
        int to = (y * width + x) * 3;
        int black = row[from + 3];
        for (int channel = 0; channel < 3; channel++) {
          pixels[to + channel] = (byte) ((row[from + channel] * black + 127) / 255);
        }
      }
    }
    return new Picture(height, width, pixels);
  }

  /** The complement of R, G and B by JFIF's formula. */
  private static void inksOfYcck(int[] values, int at) {
    int luma = values[at];
    double blue = values[at + 1] - 128;
    double red = values[at + 2] - 128;
    values[at] = 255 - clamped(luma + 1.402 * red);
    values[at + 1] = 255 - clamped(luma - 0.344136 * blue - 0.714136 * red);
    values[at + 2] = 255 - clamped(luma + 1.772 * blue);
  }

  private static int clamped(double value) {
    return (int) Math.max(0, Math.min(255, Math.round(value)));
  }

  /** The file with the parts of its profile made unknown. */
  private byte[] withoutProfile(byte[] content) {
    byte[] without = content.clone();
    for (int start : profiles) {
      without[start] = '-';
    }
    profiles.clear();
    return without;
  }

  /** TwelveMonkeys' reader, whatever else the class path brings. */
  private static final class Provider {

    static final ImageReaderSpi JPEG = provider();

    private static ImageReaderSpi provider() {
      IIORegistry registry = IIORegistry.getDefaultInstance();
      JPEGImageReaderSpi known = registry.getServiceProviderByClass(JPEGImageReaderSpi.class);
      if (known != null) {
        return known;
      }
      JPEGImageReaderSpi provider = new JPEGImageReaderSpi(); // it works only once registered
      registry.registerServiceProvider(provider, ImageReaderSpi.class);
      return provider;
    }
  }
}
