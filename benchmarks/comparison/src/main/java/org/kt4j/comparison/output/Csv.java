package org.kt4j.comparison.output;

import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/** Tables for other programs. */
public final class Csv {

  private Csv() {}

  /** A line of names, then a line for each row; quoted where it has to be, null is empty. */
  public static String of(List<String> header, List<? extends List<?>> rows) {
    ObjectWriter writer =
        CsvMapper.csvBuilder()
            .enable(CsvGenerator.Feature.STRICT_CHECK_FOR_QUOTING)
            .build()
            .writer(CsvSchema.emptySchema().withLineSeparator("\n"));
    StringWriter text = new StringWriter();
    try (SequenceWriter lines = writer.writeValues(text)) {
      lines.write(header);
      for (List<?> row : rows) {
        // A null would be left out, and what follows would move to the left.
        lines.write(row.stream().map(cell -> cell == null ? "" : cell).toList());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
