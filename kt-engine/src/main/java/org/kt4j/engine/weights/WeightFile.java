package org.kt4j.engine.weights;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.RegularFile;
import org.kt4j.engine.teacher.ForeignFile;
import org.kt4j.engine.teacher.NpzFile;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.teacher.WeightsException;

/**
 * A file of weights of any form: NumPy's .npz, safetensors, or what {@code torch.save} writes of a
 * state dictionary, in its ZIP form or the old one. The form is told by the first bytes, not by the
 * ending.
 *
 * <p>A checkpoint of a training may hold several dictionaries of weights beside other things. The
 * one that is taken is the first of these keys, on any level: {@code state_dict}, {@code
 * model_state_dict}, {@code model}, {@code model_state}, {@code net}, {@code network}, {@code
 * weights}, {@code params}; then arrays that lie in no dictionary of their own; then moving
 * averages: {@code state_dict_ema}, {@code model_ema}, {@code ema}, {@code ema_state_dict}, {@code
 * params_ema}; then the only one that there is.
 */
public final class WeightFile {

  /** What is read, in words. */
  static final String FORMS = ".npz, .safetensors, and state dictionaries of PyTorch (.pt, .pth)";

  private static final List<String> PLAIN =
      List.of(
          "state_dict",
          "model_state_dict",
          "model",
          "model_state",
          "net",
          "network",
          "weights",
          "params");

  private static final List<String> AVERAGES =
      List.of("state_dict_ema", "model_ema", "ema", "ema_state_dict", "params_ema");

  private static final String NUMPY = "NumPy";

  private static final int START = 32;

  private final Path file;
  private final String form;
  private final Supplier<List<StateDictionary>> dictionaries;

  private WeightFile(Path file, String form, Supplier<List<StateDictionary>> dictionaries) {
    this.file = file;
    this.form = form;
    this.dictionaries = dictionaries;
  }

  /**
   * Opens a file: reads names, types and shapes, and no numbers yet. Of an .npz file nothing is
   * read before it is asked for, and then all.
   *
   * @throws WeightsException when it is missing, cut short or damaged, or holds something else
   */
  public static WeightFile open(Path file) {
    if (!Files.isRegularFile(file)) {
      throw wrong(
          file,
          RegularFile.isOther(file)
              ? (Files.isDirectory(file) ? "is a folder" : "is no regular file")
                  + "; fix: name a file of weights: "
                  + FORMS
              : "there is no such file");
    }
    try {
      byte[] start = start(file);
      if (SafetensorsFile.begins(start) || (isCalled(file, ".safetensors") && !isForeign(file))) {
        return of(file, "safetensors", List.of(SafetensorsFile.read(file)));
      }
      if (TorchLegacyFile.begins(start)) {
        return of(file, TorchLegacyFile.read(file));
      }
      if (start.length > 1 && start[0] == 'P' && start[1] == 'K') {
        return ofArchive(file);
      }
      if (start.length > 1 && start[0] == (byte) 0x80 && start[1] <= 5) {
        throw wrong(
            file,
            "is a pickle of Python that torch.save did not write; fix: in Python,"
                + " torch.save(model.state_dict(), 'weights.pt')");
      }
      throw unknown(file);
    } catch (EOFException e) {
      throw new WeightsException(
          file.toString(), "is cut short; fix: copy, download or save it again", e);
    } catch (IOException e) {
      throw new WeightsException(
          file.toString(),
          e instanceof BadPickleException
              ? String.valueOf(e.getMessage())
              : "cannot be read (" + e.getMessage() + ")",
          e);
    }
  }

  private static byte[] start(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(START);
    }
  }

  private static boolean isCalled(Path file, String ending) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(ending);
  }

  private static boolean isForeign(Path file) {
    return ForeignFile.described(file).isPresent();
  }

  private static WeightFile of(Path file, String form, List<StateDictionary> dictionaries) {
    return new WeightFile(file, form, () -> dictionaries);
  }

  private static WeightFile of(Path file, TorchContent content) throws IOException {
    return of(
        file, content.form(), StateDictionaries.of(file.toString(), content, Files.size(file)));
  }

  private static WeightFile ofArchive(Path file) throws IOException {
    boolean ofTorch;
    try (ZipFile zip = new ZipFile(file.toFile())) {
      ofTorch = TorchZipFile.isOne(zip.stream().map(ZipEntry::getName).toList());
    } catch (ZipException | IllegalArgumentException e) { // the latter of names that are no text
      if (isCalled(file, ".npz")) {
        return npz(file);
      }
      throw new WeightsException(
          file.toString(),
          "is no whole file of torch.save, which is a ZIP file ("
              + e.getMessage()
              + "); fix: copy, download or save it again",
          e);
    }
    return ofTorch ? of(file, TorchZipFile.read(file)) : npz(file);
  }

  private static WeightFile npz(Path file) {
    return new WeightFile(
        file,
        NUMPY,
        () -> {
          Weights weights = NpzFile.read(file);
          return List.of(new StateDictionary("", weights.arrays(), weights.others()));
        });
  }

  private static WeightsException unknown(Path file) {
    // What is called .npz is told by the reader of these.
    if (isCalled(file, ".npz") || isCalled(file, ".npy")) {
      NpzFile.read(file);
    }
    return wrong(
        file,
        "is no file of weights"
            + ForeignFile.described(file)
                .map(what -> ": " + what)
                .orElse(
                    " of a form that is read here; allowed: "
                        + FORMS
                        + "; fix: in Python, torch.save(model.state_dict(), 'weights.pt') or"
                        + " safetensors.torch.save_file"));
  }

  private static WeightsException wrong(Path file, String problem) {
    return new WeightsException(file.toString(), problem, null);
  }

  /** What wrote it: {@code safetensors}. */
  public String form() {
    return form;
  }

  /** Whether names are known only when all numbers have been read. */
  boolean isReadAtOnce() {
    return form.equals(NUMPY);
  }

  /** All dictionaries of weights, in the order of the file. */
  public List<StateDictionary> dictionaries() {
    return dictionaries.get();
  }

  /**
   * One dictionary of weights.
   *
   * @param part the path of a dictionary, or a beginning of names of one; null for the usual one
   * @throws WeightsException when there is none of this name, or there are several and none is the
   *     usual one
   */
  public StateDictionary dictionary(@Nullable String part) {
    List<StateDictionary> all = dictionaries();
    if (part == null) {
      return usual(all);
    }
    for (StateDictionary each : all) {
      if (each.path().equals(part)) {
        return each;
      }
    }
    for (StateDictionary each : all) {
      String rest = each.path().isEmpty() ? part : rest(part, each.path());
      StateDictionary some = each.under(rest);
      if (!rest.isEmpty() && !some.arrays().isEmpty()) {
        return some;
      }
    }
    StateDictionary some = all.size() == 1 ? all.get(0).under(part) : usual(all).under(part);
    if (some.arrays().isEmpty()) {
      throw wrong(
          file,
          "has no part '"
              + part
              + "'; allowed: "
              + paths(all)
              + ", or what names begin with up to a dot");
    }
    return some;
  }

  private static String rest(String part, String path) {
    return part.startsWith(path + ".") ? part.substring(path.length() + 1) : "";
  }

  private StateDictionary usual(List<StateDictionary> all) {
    if (all.size() == 1) {
      return all.get(0);
    }
    int best = all.stream().mapToInt(each -> rank(each.path())).min().orElse(0);
    List<StateDictionary> first = all.stream().filter(each -> rank(each.path()) == best).toList();
    if (first.size() > 1 || best == UNKNOWN) {
      throw wrong(
          file,
          "holds several dictionaries of weights: "
              + paths(all)
              + "; fix: name one, such as part: "
              + all.get(all.size() - 1).path());
    }
    return first.get(0);
  }

  private static final int UNKNOWN = 100;

  /** The place of a path among those that are taken, by the last of its keys to be tried. */
  private static int rank(String path) {
    if (path.isEmpty()) {
      return PLAIN.size();
    }
    int rank = 0;
    for (String key : path.split("\\.", -1)) {
      int plain = PLAIN.indexOf(key);
      int average = AVERAGES.indexOf(key);
      rank =
          Math.max(rank, plain >= 0 ? plain : average >= 0 ? PLAIN.size() + 1 + average : UNKNOWN);
    }
    return rank;
  }

  private static String paths(List<StateDictionary> all) {
    return all.stream()
        .map(each -> each.path().isEmpty() ? "the file without its dictionaries" : each.path())
        .collect(Collectors.joining(", "));
  }

  /**
   * What was taken of the file, in words that follow its name: {@code (state_dict, without module.;
   * also there: ema)}; empty where it is all of it as it is.
   */
  public String said(StateDictionary taken) {
    StringBuilder words = new StringBuilder(taken.path());
    String wrapper = WrapperPrefix.of(taken.arrays().keySet());
    if (!wrapper.isEmpty()) {
      words.append(words.isEmpty() ? "" : ", ").append("without ").append(wrapper);
    }
    List<StateDictionary> others =
        dictionaries().stream()
            .filter(each -> !each.path().equals(taken.path()))
            .filter(each -> !each.path().isEmpty())
            .toList();
    if (!others.isEmpty()) {
      words.append(words.isEmpty() ? "" : "; ").append("also there: ").append(paths(others));
    }
    return words.isEmpty() ? "" : " (" + words + ")";
  }
}
