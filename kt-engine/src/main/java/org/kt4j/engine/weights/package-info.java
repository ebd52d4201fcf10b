/**
 * Files of weights, whatever wrote them: NumPy's .npz, safetensors, and what {@code torch.save}
 * writes of a state dictionary. {@link org.kt4j.engine.weights.WeightFile} tells the forms apart by
 * their first bytes and gives {@link org.kt4j.engine.teacher.Weights}, whose arrays are read from
 * the file one at a time, when they are needed.
 *
 * <p>A pickle is a program, and nothing of it is run here: {@code PickleMachine} makes lists,
 * dictionaries, text and numbers, {@code TorchObjects} knows PyTorch's tensors, and whatever else a
 * file asks for becomes an object that has a name and does nothing.
 */
@NullMarked
package org.kt4j.engine.weights;

import org.jspecify.annotations.NullMarked;
