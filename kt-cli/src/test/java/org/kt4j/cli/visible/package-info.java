/** What {@link org.kt4j.cli.ArchitectureTest} tries its rule about public classes on. */
@NullMarked
package org.kt4j.cli.visible;

import org.jspecify.annotations.NullMarked;
