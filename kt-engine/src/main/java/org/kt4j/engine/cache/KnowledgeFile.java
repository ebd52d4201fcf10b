package org.kt4j.engine.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.kt4j.data.file.AtomicFiles;
import org.kt4j.engine.json.Json;
import org.kt4j.engine.json.JsonException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * The knowledge of one term, one row for each view of each picture.
 *
 * <pre>
 * magic, length and checksum of the description, the description as JSON; padded to 4096 bytes
 * view 0: block 0, block 1, ...      blocks of {@value #BLOCK} pictures in the data set's order
 * view 1: block 0, block 1, ...      a block: mark, CRC32C of its rows, its place, its rows
 * ...
 * </pre>
 *
 * Rows are in this machine's byte order. A block that was never written, was cut short or has
 * changed since does not fit its checksum; it counts as missing. Written through a channel, because
 * a full disk under a mapped page kills the process; read through a map.
 */
public final class KnowledgeFile {

  /** Pictures in a block, which is what a filler computes at once. */
  public static final int BLOCK = 128;

  private static final long MAGIC = 0x6B74346A_6B6E6F77L; // "kt4jknow"
  private static final int MARK = 0x626C6F63; // "bloc"
  private static final int PAGE = 4096;
  private static final int HEAD = 16;
  private static final int LARGEST_SLOT = 1 << 30;

  /** Bytes of JSON; a term with a thousand tensors has fewer. */
  private static final int LARGEST_DESCRIPTION = 1 << 20;

  /** Hexadecimal digits of the key in a file's name. */
  private static final int KEY_DIGITS = 16;

  /**
   * What a file holds.
   *
   * @param key of everything that decides its numbers
   * @param term the term's name and options, for people
   * @param teacher where the teacher comes from, for people
   * @param data the pictures' name, for people
   * @param augmentation of the pictures, for people
   * @param pictures how many there are
   * @param precision of a number
   * @param layout of a row
   */
  public record Description(
      String key,
      String term,
      String teacher,
      String data,
      String augmentation,
      int pictures,
      Precision precision,
      KnowledgeLayout layout) {}

  private final Path path;
  private final Description description;
  private final long start;
  private final int rowBytes;
  private final int slotBytes;
  private List<MappedByteBuffer> maps = List.of();

  private KnowledgeFile(Path path, Description description, long start) {
    this.path = path;
    this.description = description;
    this.start = start;
    this.rowBytes =
        Math.multiplyExact(
            description.layout().valuesPerPicture(), description.precision().bytes());
    this.slotBytes = slotBytes(description.layout(), description.precision());
  }

  /**
   * The room that a block takes.
   *
   * @throws CacheException when that is more than can be mapped
   */
  static int slotBytes(KnowledgeLayout layout, Precision precision) {
    long bytes = HEAD + (long) BLOCK * layout.valuesPerPicture() * precision.bytes();
    if (bytes > LARGEST_SLOT) {
      throw new CacheException(
          layout.valuesPerPicture()
              + " numbers a picture are too many to be stored; allowed: "
              + (LARGEST_SLOT - HEAD) / BLOCK / precision.bytes()
              + ". Remove cache, or read a smaller layer");
    }
    return Math.toIntExact((bytes + 7) / 8 * 8);
  }

  /** Creates a file without a block; one that is there is replaced. */
  static KnowledgeFile create(Path path, Description description) throws IOException {
    byte[] json = Json.line(description).getBytes(StandardCharsets.UTF_8);
    int length = Math.multiplyExact((HEAD + json.length + PAGE - 1) / PAGE, PAGE);
    ByteBuffer header = ByteBuffer.allocate(length);
    header.putLong(MAGIC).putInt(json.length).putInt(checksum(json, json.length)).put(json);
    AtomicFiles.write(path, header.array());
    return new KnowledgeFile(path, description, length);
  }

  /**
   * Opens a file.
   *
   * @throws CacheException when it is none of ours, is another one than its name says, or its
   *     description is damaged
   */
  public static KnowledgeFile open(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new CacheException(path + ": is a folder; allowed: a file; fix: remove it");
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer head = ByteBuffer.allocate(HEAD);
      read(channel, head, 0);
      if (head.hasRemaining() || head.flip().getLong() != MAGIC) {
        throw damaged(
            path,
            channel.size() == 0
                ? "is no file of knowledge: it is empty"
                : "is no file of knowledge: it does not begin as one does");
      }
      int length = head.getInt();
      int expected = head.getInt();
      if (length < 1 || length > LARGEST_DESCRIPTION) {
        throw damaged(path, "its description is damaged: " + length + " is given as its length");
      }
      long start = ((long) HEAD + length + PAGE - 1) / PAGE * PAGE;
      ByteBuffer header = ByteBuffer.allocate(Math.toIntExact(start) - HEAD);
      read(channel, header, HEAD);
      if (header.hasRemaining()) {
        throw damaged(path, "its description is damaged: the file ends within it");
      }
      if (checksum(header.array(), length) != expected || !isZero(header.position(length))) {
        throw damaged(path, "its description is damaged: it does not fit its checksum");
      }
      KnowledgeFile file = new KnowledgeFile(path, described(path, header.array(), length), start);
      if (file.body() / file.slotBytes >= Integer.MAX_VALUE) {
        throw damaged(path, "is damaged: it has more bytes than a run writes");
      }
      return file;
    }
  }

  private static Description described(Path path, byte[] header, int length) {
    try {
      Description description =
          Json.read(new String(header, 0, length, StandardCharsets.UTF_8), Description.class);
      requireWhole(path, description);
      return description;
    } catch (JsonException e) {
      throw damaged(path, "its description is damaged: " + e.getMessage());
    }
  }

  private static void requireWhole(Path path, Description description) {
    if (description.pictures() < 1) {
      throw damaged(
          path,
          "its description is damaged: pictures: " + description.pictures() + "; allowed: 1 up");
    }
    if (!description.key().matches("[0-9a-f]{" + KEY_DIGITS + ",}")) {
      throw damaged(path, "its description is damaged: its key is no hexadecimal number");
    }
    if (!path.toString().endsWith(nameEnd(description.key()))) {
      throw damaged(
          path,
          "holds other knowledge than its name says, that of a file called *"
              + nameEnd(description.key()));
    }
    try {
      slotBytes(description.layout(), description.precision());
    } catch (ArithmeticException | CacheException e) {
      throw damaged(path, "its description is damaged: too many numbers a picture");
    }
  }

  /** What the name of the file of a key ends with. */
  static String nameEnd(String key) {
    return "-" + key.substring(0, KEY_DIGITS) + KnowledgeCache.SUFFIX;
  }

  private static CacheException damaged(Path path, String why) {
    return new CacheException(
        path
            + ": "
            + why
            + "; the next run that needs it makes it anew, kt cache clear "
            + path.getFileName()
            + " removes it");
  }

  private static boolean isZero(ByteBuffer rest) {
    while (rest.hasRemaining()) {
      if (rest.get() != 0) {
        return false;
      }
    }
    return true;
  }

  private static void read(FileChannel channel, ByteBuffer into, long from) throws IOException {
    long at = from;
    while (into.hasRemaining()) {
      int count = channel.read(into, at);
      if (count < 0) {
        return;
      }
      at += count;
    }
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  /** Where it lies. */
  public Path path() {
    return path;
  }

  /** What it holds. */
  public Description description() {
    return description;
  }

  /** Of its rows. */
  public KnowledgeLayout layout() {
    return description.layout();
  }

  /** Of its numbers. */
  public Precision precision() {
    return description.precision();
  }

  /** Blocks of a view. */
  public int blocksPerView() {
    return blocksPerView(description.pictures());
  }

  static int blocksPerView(int pictures) {
    return (pictures + BLOCK - 1) / BLOCK;
  }

  /** Pictures in a block of any view; the last has fewer. */
  static int pictures(int all, int block) {
    return Math.min(BLOCK, all - block * BLOCK);
  }

  /** Views that the file has room for, whether they are filled or not. A part of a view counts. */
  public int views() throws IOException {
    long view = (long) slotBytes * blocksPerView();
    return Math.toIntExact((body() + view - 1) / view);
  }

  private long body() throws IOException {
    return Math.max(0, Files.size(path) - start);
  }

  /** Whether its last block is not whole, because it was cut or something was added. */
  boolean isTorn() throws IOException {
    return body() % slotBytes != 0;
  }

  /** Removes what {@link #isTorn} found, which only the holder of the lock may do. */
  void cutToBlocks() throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.truncate(start + body() / slotBytes * slotBytes);
    }
  }

  /**
   * What stands in the blocks; block {@code b} of view {@code v} is {@code v * blocksPerView() +
   * b}.
   *
   * @param good that fit their checksum
   * @param damaged that were written once and do not
   */
  public record Blocks(BitSet good, BitSet damaged) {}

  /**
   * Looks at every block of some views.
   *
   * @throws IOException when the file cannot be read
   */
  public Blocks blocks(int views) throws IOException {
    Blocks blocks = new Blocks(new BitSet(), new BitSet());
    ByteBuffer slot = ByteBuffer.allocate(slotBytes).order(ByteOrder.nativeOrder());
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      for (int at = 0; at < views * blocksPerView(); at++) {
        long position = start + (long) at * slotBytes;
        if (position >= channel.size()) {
          break;
        }
        slot.clear();
        read(channel, slot, position);
        boolean good = isGood(slot, at);
        blocks.good().set(at, good);
        // Where a later block was written first there is a hole, which reads as zeros.
        boolean hole = !slot.hasRemaining() && isZero(slot.rewind());
        blocks.damaged().set(at, !good && !hole);
      }
    }
    return blocks;
  }

  private boolean isGood(ByteBuffer slot, int at) {
    int bytes = pictures(description.pictures(), at % blocksPerView()) * rowBytes;
    // Whole with what fills it up: a shorter one could not be mapped.
    if (slot.hasRemaining() || slot.getInt(0) != MARK || slot.getLong(8) != at) {
      return false;
    }
    CRC32C crc = new CRC32C();
    crc.update(slot.duplicate().position(HEAD).limit(HEAD + bytes));
    return slot.getInt(4) == (int) crc.getValue()
        && isZero(slot.duplicate().position(HEAD + bytes));
  }

  /** The bytes that blocks take which are missing. */
  long bytesOf(int blocks) {
    return (long) blocks * slotBytes;
  }

  /**
   * Writes a block.
   *
   * @param at its number
   * @param rows its rows, as many as the block has pictures
   */
  void write(FileChannel channel, int at, byte[] rows) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(HEAD).order(ByteOrder.nativeOrder());
    head.putInt(MARK).putInt(checksum(rows, rows.length)).putLong(at).flip();
    long position = start + (long) at * slotBytes;
    // The slot whole, so that a file's length is a whole number of slots.
    ByteBuffer slot = ByteBuffer.allocate(slotBytes).put(head).put(rows);
    slot.clear();
    while (slot.hasRemaining()) {
      position += channel.write(slot, position);
    }
  }

  /** Makes the rows of these views readable. */
  void map(int views) throws IOException {
    int perMap = Math.max(1, LARGEST_SLOT / slotBytes);
    int blocks = views * blocksPerView();
    List<MappedByteBuffer> mapped = new ArrayList<>();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      for (int first = 0; first < blocks; first += perMap) {
        long count = Math.min(perMap, blocks - first);
        mapped.add(
            channel.map(
                FileChannel.MapMode.READ_ONLY,
                start + (long) first * slotBytes,
                count * slotBytes));
      }
    }
    maps = List.copyOf(mapped);
  }

  /**
   * The rows of some pictures.
   *
   * @param view of the pictures, filled
   * @param indices of the pictures in the data set
   * @return {@code [indices.length, valuesPerPicture()]}; the caller closes it
   */
  public TFloat32 rows(int view, int[] indices) {
    byte[] bytes = new byte[Math.multiplyExact(indices.length, rowBytes)];
    int perMap = Math.max(1, LARGEST_SLOT / slotBytes);
    for (int i = 0; i < indices.length; i++) {
      int index = Objects.checkIndex(indices[i], description.pictures());
      int at = view * blocksPerView() + index / BLOCK;
      int from = at % perMap * slotBytes + HEAD + index % BLOCK * rowBytes;
      maps.get(at / perMap).get(from, bytes, i * rowBytes, rowBytes);
    }
    return precision().tensor(Shape.of(indices.length, layout().valuesPerPicture()), bytes);
  }
}
