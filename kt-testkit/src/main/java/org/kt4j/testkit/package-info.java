/**
 * Tests for authors of transfer methods: {@link org.kt4j.testkit.TransferContract}, the contract as
 * tests that run against any provider; {@link org.kt4j.testkit.MethodProbe}, which runs a method on
 * given numbers and gives back its loss, gradients and knowledge; and a check of those gradients
 * against finite differences.
 */
@NullMarked
package org.kt4j.testkit;

import org.jspecify.annotations.NullMarked;
