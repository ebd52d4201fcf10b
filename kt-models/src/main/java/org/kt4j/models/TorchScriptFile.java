package org.kt4j.models;

import java.io.IOException;
import java.nio.file.Path;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.kt4j.engine.model.ModelException;
import org.kt4j.engine.teacher.ForeignFile;

/**
 * Looks into a file of TorchScript before PyTorch is started for it: a zip file with code in it.
 */
final class TorchScriptFile {

  private static final String SAVE = "torch.jit.trace(model.eval(), example).save(file) in Python";

  private TorchScriptFile() {}

  /**
   * Requires what {@code torch.jit.save} writes.
   *
   * @throws ModelException when the file is cut short, or something else, such as weights alone
   */
  static void require(Path file) {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      boolean hasCode =
          zip.stream()
              .anyMatch(
                  entry ->
                      entry.getName().contains("/code/")
                          || entry.getName().endsWith("/constants.pkl"));
      if (!hasCode) {
        throw new ModelException(
            file,
            "holds no TorchScript, which would have a folder 'code'; a file of torch.save holds"
                + " weights alone or a pickled model; fix: "
                + SAVE);
      }
    } catch (ZipException e) {
      throw new ModelException(
          file,
          "is no whole TorchScript file: "
              + ForeignFile.described(file).orElse(e.getMessage() + "; fix: copy it again")
              + ", or write it with "
              + SAVE,
          e);
    } catch (IOException e) {
      throw new ModelException(file, "cannot be read (" + e.getMessage() + ")", e);
    }
  }
}
