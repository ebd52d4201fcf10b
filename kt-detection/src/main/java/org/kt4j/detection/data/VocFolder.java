package org.kt4j.detection.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.kt4j.config.NearestName;
import org.kt4j.data.DataException;
import org.kt4j.data.ReadFault;
import org.kt4j.data.RegularFile;

/** The files of a data set in the layout of PASCAL VOC, by the names in its image sets. */
final class VocFolder {

  /** A picture that an image set names. */
  record Listed(String name, Path annotation, Path picture) {}

  private static final List<String> PICTURES = List.of("jpg", "jpeg", "png");
  private static final List<String> ANNOTATIONS = List.of("xml");
  private static final Pattern FLAGGED = Pattern.compile("(.*\\S)\\s+(?:-1|0|1)");
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final String data;
  private final Path root;

  /** What folders hold, by the name without the ending; read when a name is not found at once. */
  private final Map<Path, Map<String, List<Path>>> contents = new HashMap<>();

  /**
   * A folder.
   *
   * @param data the data set's name, for messages
   */
  VocFolder(String data, Path root) {
    this.data = data;
    this.root = root;
  }

  /** The file of an image set. */
  Path imageSet(String set) {
    return FileOptions.in(data + ": image set", imageSets(), set + ".txt");
  }

  private Path imageSets() {
    return root.resolve("ImageSets").resolve("Main");
  }

  /**
   * The pictures of an image set, in its order.
   *
   * @param split that it is for, for messages
   * @throws DataException when it cannot be read or names files that are missing
   */
  List<Listed> list(String split, String set) {
    Path file = imageSet(set);
    if (!Files.isRegularFile(file)) {
      throw new DataException(
          data
              + ": "
              + split
              + ": "
              + file
              + (RegularFile.isOther(file) ? " is no regular file: " : " does not exist: ")
              + NearestName.unknown("image set", set, knownImageSets()));
    }
    List<Listed> listed = new ArrayList<>();
    List<Path> missing = new ArrayList<>();
    int number = 0;
    for (String line : lines(file)) {
      number++;
      if (!line.isBlank()) {
        listed.add(listed(data + ": " + file + ": line " + number, line.strip(), missing));
      }
    }
    PictureFiles.requireNoneMissing(data, file, missing, fix(listed));
    return listed;
  }

  private static String fix(List<Listed> listed) {
    return listed.stream()
        .map(Listed::name)
        .filter(name -> !name.endsWith(PictureFiles.withoutEnding(name)))
        .findFirst()
        .map(
            name ->
                "list names without folder and ending, such as '"
                    + PictureFiles.withoutEnding(name)
                    + "' for '"
                    + name
                    + "'")
        .orElse("bring the files, or take the pictures off the list");
  }

  /** A line is a name, unless there is no such file and it ends with a flag. */
  private Listed listed(String place, String line, List<Path> missing) {
    Matcher flagged = FLAGGED.matcher(line);
    boolean isName =
        !flagged.matches()
            || find(place, "Annotations", line, ANNOTATIONS).isPresent()
            || find(place, "JPEGImages", line, PICTURES).isPresent();
    String name = isName ? line : flagged.group(1);
    return new Listed(
        name,
        file(place, "Annotations", name, ANNOTATIONS, missing),
        file(place, "JPEGImages", name, PICTURES, missing));
  }

  private Path file(
      String place, String folder, String name, List<String> endings, List<Path> missing) {
    Optional<Path> found = find(place, folder, name, endings);
    if (found.isPresent()) {
      return found.get();
    }
    Path usual = root.resolve(folder).resolve(name + "." + endings.get(0));
    missing.add(usual);
    return usual;
  }

  /** A file of that name with one of these endings, in small letters or others. */
  private Optional<Path> find(String place, String folder, String name, List<String> endings) {
    for (String ending : endings) {
      Path usual = FileOptions.in(place, root.resolve(folder), name + "." + ending);
      if (Files.isRegularFile(usual)) {
        return Optional.of(usual);
      }
    }
    Path without = root.resolve(folder).resolve(name);
    Map<String, List<Path>> beside =
        contents.computeIfAbsent(
            Optional.ofNullable(without.getParent()).orElse(root), this::contents);
    return beside.getOrDefault(String.valueOf(without.getFileName()), List.of()).stream()
        .filter(file -> endings.stream().anyMatch(ending(file)::equalsIgnoreCase))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private Map<String, List<Path>> contents(Path folder) {
    Map<String, List<Path>> files = new HashMap<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> all = Files.list(folder)) {
        all.sorted()
            .forEach(
                file -> {
                  String name = String.valueOf(file.getFileName());
                  String without = name.substring(0, Math.max(0, name.lastIndexOf('.')));
                  files.computeIfAbsent(without, ignored -> new ArrayList<>()).add(file);
                });
      } catch (IOException e) {
        throw new DataException(
            data + ": " + folder + " cannot be read: " + ReadFault.reason(e), e);
      }
    }
    return files;
  }

  private static String ending(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private List<String> knownImageSets() {
    try (Stream<Path> files = Files.list(imageSets())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".txt"))
          .map(file -> file.substring(0, file.length() - ".txt".length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** The lines of a text in UTF-8, or in UTF-16 with a byte order mark. */
  private List<String> lines(Path file) {
    String text;
    try {
      byte[] bytes = Files.readAllBytes(file);
      text = charset(bytes).newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new DataException(
          data + ": " + file + " is no text in UTF-8; fix: save it in that encoding", e);
    } catch (IOException e) {
      throw new DataException(data + ": " + file + " cannot be read: " + ReadFault.reason(e), e);
    }
    boolean marked = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK;
    return text.substring(marked ? 1 : 0).lines().toList();
  }

  private static Charset charset(byte[] bytes) {
    int first = bytes.length < 2 ? 0 : ((bytes[0] & 0xFF) << 8) | (bytes[1] & 0xFF);
    return switch (first) {
      case 0xFEFF -> StandardCharsets.UTF_16BE;
      case 0xFFFE -> StandardCharsets.UTF_16LE;
      default -> StandardCharsets.UTF_8;
    };
  }
}
