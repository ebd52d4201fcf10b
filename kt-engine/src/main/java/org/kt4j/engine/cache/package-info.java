/**
 * Knowledge computed once: what each term needs of its teacher, picture by picture and view by
 * view, in memory-mapped files.
 *
 * <p>A {@link org.kt4j.engine.cache.KnowledgeCache} is a folder with one {@link
 * org.kt4j.engine.cache.KnowledgeFile} for each term and teacher. A file's name is derived from
 * everything that decides its numbers, so a change of anything finds another file, never an old
 * one: the teacher's weights and how it sees its pictures, the pictures, the augmentation, the
 * precision, and the operations that lead from the pictures to the knowledge ({@link
 * org.kt4j.engine.cache.GraphDigest}). The number of views is not among them: more views make the
 * same file longer.
 */
@NullMarked
package org.kt4j.engine.cache;

import org.jspecify.annotations.NullMarked;
