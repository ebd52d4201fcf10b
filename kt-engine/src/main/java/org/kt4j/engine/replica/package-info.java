/** Several processes that train one student together: what the engine knows of them. */
@NullMarked
package org.kt4j.engine.replica;

import org.jspecify.annotations.NullMarked;
