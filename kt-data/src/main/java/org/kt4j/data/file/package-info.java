/**
 * Files and folders that are there whole or not at all ({@link org.kt4j.data.file.AtomicFiles},
 * {@link org.kt4j.data.file.UnfinishedFolder}), and files that one process at a time may write
 * ({@link org.kt4j.data.file.LockedFile}). Depends on the JDK alone.
 */
@NullMarked
package org.kt4j.data.file;

import org.jspecify.annotations.NullMarked;
