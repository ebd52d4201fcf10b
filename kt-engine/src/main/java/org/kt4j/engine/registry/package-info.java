/**
 * What a configuration can name: methods, networks, data sets. However a provider was found, by
 * ServiceLoader or by Guice, it ends in one {@link org.kt4j.engine.registry.Registry} of its kind.
 */
@NullMarked
package org.kt4j.engine.registry;

import org.jspecify.annotations.NullMarked;
