package org.kt4j.data;

import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Optional;
import java.util.zip.CRC32;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A PNG file. Java's own reader decodes the samples; it is given only the chunks that it needs for
 * them, because it refuses pictures for damaged texts and profiles that no viewer minds. What is
 * transparent is laid on white here: the reader knows no transparent grey.
 */
final class PngFile {

  private static final long SIGNATURE = 0x89504E470D0A1A0AL;

  private static final int GREY = 0;
  private static final int PALETTE = 3;

  /** Of 1 bit each; deflate makes at most 1,032 bytes of one. */
  private static final int MOST_PIXELS_OF_A_BYTE = 8 * 1_032;

  /** The longest chunk that is taken apart here. */
  private static final int LONGEST_MARK = 1 << 20;

  private int height;
  private int width;
  private int depth;
  private int type = -1;
  private Orientation orientation = Orientation.AS_STORED;
  private byte @Nullable [] transparent;
  private byte @Nullable [] profile;
  private boolean isSrgb;

  private PngFile() {}

  /** Reads everything but the pixels. */
  static PngFile read(InputStream in) throws IOException {
    PngFile file = new PngFile();
    file.readChunks(new DataInputStream(in), null);
    return file;
  }

  /** Reads a whole file; upright. */
  static Picture picture(byte[] content) throws IOException {
    PngFile file = new PngFile();
    ByteArrayOutputStream plain = new ByteArrayOutputStream(content.length);
    file.readChunks(
        new DataInputStream(new ByteArrayInputStream(content)), new DataOutputStream(plain));
    PictureRoom.require(file.height, file.width, 4 * Math.max(1, file.depth / 8));
    PictureRoom.requireHeld(file.height, file.width, content.length, MOST_PIXELS_OF_A_BYTE);
    BufferedImage image;
    ImageReader reader = Provider.PNG.createReaderInstance();
    try (ImageInputStream stream = new ByteArrayImageInputStream(plain.toByteArray())) {
      reader.setInput(stream, true, false);
      image = reader.read(0);
    } catch (IOException | RuntimeException e) { // the decoder throws these, too, on broken files
      throw DecodedImage.broken("PNG", e);
    } finally {
      reader.dispose();
    }
    return file.orientation.upright(file.shown(image));
  }

  PictureHead head() {
    return PictureHead.ofStored(height, width, orientation);
  }

  private void readChunks(DataInputStream in, @Nullable DataOutputStream plain) throws IOException {
    String chunk = "the signature";
    try {
      if (in.readLong() != SIGNATURE) {
        throw new IOException(
            "broken: the PNG's signature is damaged, as by a transfer that changed line ends");
      }
      if (plain != null) {
        plain.writeLong(SIGNATURE);
      }
      while (!chunk.equals("IEND")) {
        int first = in.read();
        if (first < 0) { // without its last chunk; whether all pixels are there, the decoder knows
          end(plain);
          break;
        }
        int length = first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedShort();
        byte[] name = in.readNBytes(4);
        chunk = new String(name, StandardCharsets.US_ASCII).replaceAll("[^A-Za-z]", "?");
        if (length < 0) {
          throw new IOException("broken: the PNG's chunk " + chunk + " has an impossible length");
        }
        if (type < 0 && !chunk.equals("IHDR")) {
          throw new IOException("broken: the PNG does not start with its header, the chunk IHDR");
        }
        readChunk(in, chunk, name, length, plain);
      }
      if (type < 0) {
        throw new EOFException();
      }
    } catch (EOFException e) {
      throw new IOException("cut short: the PNG ends in " + chunk + "; fix: copy it again", e);
    }
  }

  private static void end(@Nullable DataOutputStream plain) throws IOException {
    if (plain != null) {
      plain.writeInt(0);
      plain.writeBytes("IEND");
      plain.writeInt(0xAE426082);
    }
  }

  private void readChunk(
      DataInputStream in, String chunk, byte[] name, int length, @Nullable DataOutputStream plain)
      throws IOException {
    boolean decoded =
        switch (chunk) {
          case "IHDR", "PLTE", "IDAT", "IEND" -> true;
          case "tRNS" -> type == PALETTE;
          default -> false;
        };
    boolean known =
        length <= LONGEST_MARK
            && switch (chunk) {
              case "IHDR", "tRNS", "eXIf", "iCCP", "sRGB" -> true;
              default -> false;
            };
    if (!known && (plain == null || !decoded)) {
      in.skipNBytes(length + 4L);
      return;
    }
    byte[] content = in.readNBytes(length);
    int check = in.readInt();
    if (decoded && Character.isUpperCase(chunk.charAt(0))) { // critical
      requireIntact(chunk, name, content, check);
    }
    switch (chunk) {
      case "IHDR" -> readHeader(content);
      case "eXIf" -> orientation = Orientation.of(content);
      case "tRNS" -> transparent = content;
      case "iCCP" -> profile = content;
      case "sRGB" -> isSrgb = true;
      default -> {}
    }
    if (plain != null && decoded) {
      plain.writeInt(length);
      plain.write(name);
      plain.write(content);
      plain.writeInt(check);
    }
  }

  /** Pixels that are damaged may be decoded, to other colours, and their own checksum is late. */
  private static void requireIntact(String chunk, byte[] name, byte[] content, int check)
      throws IOException {
    CRC32 sum = new CRC32();
    sum.update(name);
    sum.update(content);
    if ((int) sum.getValue() != check) {
      throw new IOException(
          "broken: the checksum (CRC-32) of the PNG's chunk "
              + chunk
              + " differs; fix: copy it again");
    }
  }

  private void readHeader(byte[] content) throws IOException {
    if (content.length != 13) {
      throw new IOException(
          "broken: the PNG's chunk IHDR has " + content.length + " bytes; expected: 13");
    }
    ByteBuffer header = ByteBuffer.wrap(content);
    width = header.getInt();
    height = header.getInt();
    depth = header.get();
    type = header.get() & 0xFF;
    if (width < 1 || height < 1) {
      throw new IOException("broken: the PNG says it has " + width + "x" + height + " pixels");
    }
  }

  private Picture shown(BufferedImage image) {
    byte[] named = profile;
    Optional<PngProfile> colours =
        named == null || isSrgb ? Optional.empty() : PngProfile.of(named);
    if (type == PALETTE && image.getColorModel() instanceof IndexColorModel palette) {
      return DecodedImage.picture(
          colours.map(space -> space.converted(image, palette)).orElse(image));
    }
    Raster stored = image.getRaster();
    return stored.getNumBands() < 3
        ? ofSamples(stored, stored, 1)
        : ofSamples(stored, colours.map(space -> space.converted(stored)).orElse(stored), 3);
  }

  /**
   * Grey, or red, green and blue; with their own alpha, or one value that is transparent.
   *
   * @param stored with alpha, if there is one
   * @param shown the colours in the first bands
   * @param colours 1 or 3
   */
  private Picture ofSamples(Raster stored, Raster shown, int colours) {
    int bands = stored.getNumBands();
    int shownBands = shown.getNumBands();
    int largest = (1 << depth) - 1;
    int[] clear = bands > colours ? new int[0] : clear(colours, largest);
    byte[] pixels = new byte[height * width * 3];
    int[] row = new int[width * bands];
    int[] shownRow = new int[width * shownBands];
    for (int y = 0; y < height; y++) {
      stored.getPixels(0, y, width, 1, row);
      shown.getPixels(0, y, width, 1, shownRow);
      for (int x = 0; x < width; x++) {
        int from = x * bands;
        int opaque = largest;
        if (bands > colours) {
          opaque = row[from + colours];
        } else if (clear.length > 0 && matches(row, from, clear)) {
          opaque = 0;
        }
        int to = (y * width + x) * 3;
        for (int channel = 0; channel < 3; channel++) {
          int value = shownRow[x * shownBands + (colours == 1 ? 0 : channel)];
          pixels[to + channel] = DecodedImage.onWhite(value, opaque, largest);
        }
      }
    }
    return new Picture(height, width, pixels);
  }

  /** The one colour that is transparent, by its samples; empty when there is none. */
  private int[] clear(int colours, int largest) {
    byte[] stored = transparent;
    if (stored == null || stored.length < 2 * colours || type != (colours == 1 ? GREY : 2)) {
      return new int[0];
    }
    int[] samples = new int[colours];
    for (int i = 0; i < colours; i++) {
      samples[i] = ((stored[2 * i] & 0xFF) << 8 | (stored[2 * i + 1] & 0xFF)) & largest;
    }
    return samples;
  }

  private static boolean matches(int[] row, int from, int[] samples) {
    for (int i = 0; i < samples.length; i++) {
      if (row[from + i] != samples[i]) {
        return false;
      }
    }
    return true;
  }

  /** Java's own reader, whatever else the class path brings. */
  private static final class Provider {

    static final ImageReaderSpi PNG = provider();

    private static ImageReaderSpi provider() {
      Iterator<ImageReaderSpi> found =
          IIORegistry.getDefaultInstance()
              .getServiceProviders(
                  ImageReaderSpi.class,
                  spi ->
                      spi.getClass()
                          .getName()
                          .equals("com.sun.imageio.plugins.png.PNGImageReaderSpi"),
                  false);
      if (!found.hasNext()) {
        throw new IllegalStateException("this Java runtime has no PNG reader (java.desktop)");
      }
      return found.next();
    }
  }
}
