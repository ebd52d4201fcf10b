package org.kt4j.engine.task;

import java.nio.file.Path;
import org.kt4j.engine.export.ExportOptions;

/**
 * The options and the folder of an export.
 *
 * @param options of the model
 * @param folder to write; {@code RUN/export} by default
 * @param overwrite whether an existing export is replaced
 * @param runs the folder of the runs that are named by a configuration, for the teachers
 */
public record ExportRequest(ExportOptions options, Path folder, boolean overwrite, Path runs) {}
