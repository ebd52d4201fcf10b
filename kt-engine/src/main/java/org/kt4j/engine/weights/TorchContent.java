package org.kt4j.engine.weights;

/**
 * What {@code torch.save} wrote.
 *
 * @param form of the file
 * @param root the object that was saved
 * @param storages the numbers of its tensors
 */
record TorchContent(String form, Object root, Storages storages) {}
