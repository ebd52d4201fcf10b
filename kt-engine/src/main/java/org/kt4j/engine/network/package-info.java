/**
 * Networks by name. A {@link org.kt4j.engine.network.NetworkProvider} announces a family, such as
 * {@code resnet}, of which a configuration names a member, such as {@code resnet-20}; a {@link
 * org.kt4j.engine.network.Network} writes one member down in {@link org.kt4j.engine.graph.Layers}.
 *
 * <p>A network of your own is a provider in your artifact, named in {@code
 * META-INF/services/org.kt4j.engine.network.NetworkProvider} or bound through Guice. Parameters are
 * named as in PyTorch's usual implementation of the same network, so that files of weights import
 * without a table of names.
 *
 * <p>Families for small images: {@code resnet}, {@code preact-resnet}, {@code wide-resnet}, {@code
 * inception-bn-small}, and {@code vgg} with its small head. For large ones: {@code
 * imagenet-resnet}, {@code inception-bn}, {@code mobilenet-v2} (with an option for small ones) and
 * {@code vgg}.
 *
 * <p>Taps: every network has {@code logits}, and one tap after each stage, {@code stage1}, {@code
 * stage2}, …, with {@code .pre-relu} behind it for the same map before the activation where there
 * is one. {@code pooled} is the vector in front of the classifier. A number counts the stages of
 * that network, not its strides: {@code stage4} of an {@code imagenet-resnet} and {@code stage5} of
 * {@code inception-bn} are both at stride 32. Each provider's page says which is where.
 */
@NullMarked
package org.kt4j.engine.network;

import org.jspecify.annotations.NullMarked;
