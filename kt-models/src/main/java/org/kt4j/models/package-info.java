/**
 * Trained models of other tools as teachers. Plain TensorFlow graphs are imported into the training
 * graph. Other models are run by an engine of DJL beside it: ONNX by ONNX Runtime, TorchScript by
 * PyTorch, SavedModels with functions by TensorFlow. The engines are found on the class path; none
 * is downloaded, and one that is missing is named with its artifact.
 */
@NullMarked
package org.kt4j.models;

import org.jspecify.annotations.NullMarked;
