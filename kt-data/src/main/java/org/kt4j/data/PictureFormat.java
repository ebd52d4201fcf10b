package org.kt4j.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The formats of pictures that are read, known by the first bytes of a file and not by its name.
 */
enum PictureFormat {
  JPEG,
  PNG;

  /**
   * Tells the format.
   *
   * @param first the file's first bytes, or all of them
   * @throws IOException when it is neither; the message says what else it seems to be
   */
  static PictureFormat of(byte[] first) throws IOException {
    String text = new String(first, StandardCharsets.ISO_8859_1);
    if (text.startsWith("\u00FF\u00D8")) {
      return JPEG;
    }
    if (text.startsWith("\u0089PNG")) {
      return PNG;
    }
    throw new IOException(
        text.isEmpty() ? "empty: the file has no bytes" : "neither JPEG nor PNG" + other(text));
  }

  private static String other(String text) {
    if (text.startsWith("version https://git-lfs")) {
      return " but a pointer of Git LFS; bring the pictures with git lfs pull";
    }
    if (text.startsWith("/annex/") || text.contains(".git/annex/")) {
      return " but a pointer of git-annex; bring the pictures with git annex get";
    }
    String name =
        text.startsWith("GIF8")
            ? "GIF"
            : text.startsWith("BM")
                ? "BMP"
                : text.startsWith("II*\0") || text.startsWith("MM\0*")
                    ? "TIFF"
                    : text.startsWith("RIFF") && text.startsWith("WEBP", 8)
                        ? "WebP"
                        : text.startsWith("ftyp", 4)
                            ? "HEIF, AVIF or a film"
                            : text.startsWith("\0\0\0\fjP") ? "JPEG 2000" : "";
    return name.isEmpty() ? "" : " but " + name + "; fix: convert it to JPEG or PNG";
  }
}
