package org.kt4j.engine.task;

import java.nio.file.Path;
import org.kt4j.engine.export.ExportOptions;

/**
 * How and where a student is exported.
 *
 * @param options what the model is to be like
 * @param folder where to; {@code RUN/export} is the usual place
 * @param overwrite whether an export that is there is replaced
 * @param runs where runs are that are named by their configuration, for its teachers
 */
public record ExportRequest(ExportOptions options, Path folder, boolean overwrite, Path runs) {}
