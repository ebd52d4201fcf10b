package org.kt4j.engine.cache;

import java.util.List;
import java.util.function.BiFunction;
import org.kt4j.api.Knowledge;
import org.kt4j.engine.teacher.MountedTeacher;
import org.tensorflow.op.Ops;

/**
 * What a term wants to know of a teacher.
 *
 * @param label the term's, for the name of the file: lower-case letters, digits, dashes
 * @param term the term's name and options, for people
 * @param taps that it reads
 * @param teach makes the knowledge of what the teacher's taps give
 */
public record KnowledgeRequest(
    String label,
    String term,
    List<String> taps,
    BiFunction<Ops, MountedTeacher, Knowledge> teach) {}
