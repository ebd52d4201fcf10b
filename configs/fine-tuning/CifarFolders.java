import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/**
 * Writes CIFAR-10 as two picture folders: one of many pictures of six classes, and one of 1,000
 * training pictures of the other four.
 *
 * <p>{@code java configs/fine-tuning/CifarFolders.java data/cifar-10 data/fine-tuning}
 */
final class CifarFolders {

  private static final List<String> CLASSES =
      List.of(
          "airplane",
          "automobile",
          "bird",
          "cat",
          "deer",
          "dog",
          "frog",
          "horse",
          "ship",
          "truck");

  /** Of the folder with few pictures. */
  private static final List<String> FEW = List.of("automobile", "cat", "dog", "truck");

  private static final int SIDE = 32;
  private static final int PIXELS = SIDE * SIDE;

  /** A picture behind the byte with its class: all red, then all green, then all blue. */
  private static final int RECORD = 1 + 3 * PIXELS;

  public static void main(String[] arguments) throws IOException {
    Path from = Path.of(arguments[0]);
    Path to = Path.of(arguments[1]);
    for (int file = 1; file <= 3; file++) {
      write(from.resolve("data_batch_" + file + ".bin"), to, "train", 2_000, 250);
    }
    write(from.resolve("test_batch.bin"), to, "test", 1_000, 1_000);
  }

  private static final Map<String, Integer> WRITTEN = new HashMap<>();

  /** Writes the first pictures of each class. */
  private static void write(Path file, Path to, String part, int many, int few)
      throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    for (int at = 0; at + RECORD <= bytes.length; at += RECORD) {
      String name = CLASSES.get(bytes[at]);
      boolean isFew = FEW.contains(name);
      Path folder = to.resolve(isFew ? "few" : "many").resolve(part).resolve(name);
      int number = WRITTEN.merge(folder.toString(), 1, Integer::sum);
      if (number <= (isFew ? few : many)) {
        Files.createDirectories(folder);
        Path picture = folder.resolve(String.format("%04d.png", number));
        ImageIO.write(picture(bytes, at + 1), "png", picture.toFile());
      }
    }
  }

  private static BufferedImage picture(byte[] bytes, int at) {
    BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int p = 0; p < PIXELS; p++) {
      int red = bytes[at + p] & 0xff;
      int green = bytes[at + PIXELS + p] & 0xff;
      int blue = bytes[at + 2 * PIXELS + p] & 0xff;
      picture.setRGB(p % SIDE, p / SIDE, red << 16 | green << 8 | blue);
    }
    return picture;
  }
}
