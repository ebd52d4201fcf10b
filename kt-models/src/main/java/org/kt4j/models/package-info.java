/**
 * Trained models in files, run by an engine of DJL outside the TensorFlow graph that trains: ONNX
 * by ONNX Runtime, TorchScript by PyTorch, SavedModels by TensorFlow. The engines are found on the
 * class path; none is downloaded, and one that is missing is named with its artifact.
 */
@NullMarked
package org.kt4j.models;

import org.jspecify.annotations.NullMarked;
