/**
 * What a configuration can name: methods, networks, data sets. A provider, whether ServiceLoader or
 * Guice found it, is in one {@link org.kt4j.engine.registry.Registry} of its kind.
 */
@NullMarked
package org.kt4j.engine.registry;

import org.jspecify.annotations.NullMarked;
