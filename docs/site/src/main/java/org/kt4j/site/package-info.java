/** The Markdown pages of the repository as a site of static HTML, and the check of their links. */
@NullMarked
package org.kt4j.site;

import org.jspecify.annotations.NullMarked;
