package org.kt4j.engine.graph;

/**
 * How the layers of a network compute with signs while it is trained and afterwards (Courbariaux et
 * al., Binarized Neural Networks: Training Neural Networks with Weights and Activations Constrained
 * to +1 or -1, 2016; Rastegari et al., XNOR-Net: ImageNet Classification Using Binary Convolutional
 * Neural Networks, 2016).
 *
 * <pre>
 * y = a * (sign(x) * sign(W)) + b      sign(v) = 1 where v >= 0, otherwise -1
 * </pre>
 *
 * where {@code *} between the signs is the convolution or the product of the layer. It is a whole
 * number, so it is exact in floats in whatever order it is added.
 *
 * <p><b>The scale</b> {@code a} is 1 in BNN. In XNOR-Net each filter (each unit of a dense layer,
 * each channel of a depthwise convolution) has {@code a = mean |W|} (its equation 6). XNOR-Net's
 * second scale, {@code K}, of the input at each position, is left out, as in the authors' published
 * code; their table 3 finds it to matter little.
 *
 * <p><b>Gradients</b> pass a sign where its argument is from -1 to 1, and are 0 elsewhere:
 *
 * <pre>
 * sign(v) = h + stopGradient(sign(v) - h)      h = clip(v, -1, 1)
 * </pre>
 *
 * (the straight-through estimator; BNN's equation 4). XNOR-Net's {@code a} is differentiated too,
 * which gives {@code dL/dW_i = a g_i 1(|W_i| <= 1) + sign(W_i)/n sum_j g_j sign(W_j)}, with {@code
 * g} the gradient of {@code a sign(W)}. The second part is the exact derivative and that of the
 * authors' code; the paper writes it with the term of {@code j = i} alone.
 *
 * <p><b>The trained numbers</b> {@code W} are kept in floats, and clipped to -1 to 1 after each
 * step (BNN's section 1.3), because beyond that no gradient would move them.
 *
 * <p><b>Zeros around a map</b> are put there behind the sign, and stay zeros.
 *
 * <p><b>ReLU.</b> What is behind one is never negative, so all its signs would be 1. Networks here
 * are written as convolution, normalisation, ReLU; read from the normalisation on, this is
 * XNOR-Net's block of normalisation, sign, convolution when the ReLU is left out. So in a network
 * with signs:
 *
 * <ul>
 *   <li>XNOR: a ReLU (also a ReLU6) is its argument.
 *   <li>BNN: it is {@code clip(x, -1, 1)}, the hard tanh that BNN trains with. It has no influence
 *       on signs behind it, but on shortcuts, poolings and taps.
 * </ul>
 *
 * <p>A maximum is taken before the sign, as XNOR-Net does it. Dropout multiplies the signs.
 *
 * <p><b>In floats</b> stay: additions, poolings and normalisations; the first and the last layer
 * with weights, in the order in which the network is built, unless {@code firstAndLast} says
 * otherwise; and the convolutions of shortcuts, as in Bi-Real net.
 *
 * <p><b>Shortcuts</b> go around each block, as the network has them, or around each convolution
 * (Liu et al., Bi-Real Net, 2018, section 3.1), for which basic blocks of two convolutions {@code
 * f, g} become
 *
 * <pre>
 * block:        x + g(f(x))              convolution:  u + g(u),  u = s(x) + f(x)
 * </pre>
 *
 * with {@code s} the shortcut that the block has. Bi-Real net's own estimators (a piecewise
 * polynomial, and a gradient of weights that knows their size) are not part of it.
 *
 * @param scheme of weights and ReLUs
 * @param firstAndLast how the first and the last layer compute
 * @param shortcuts what they go around
 */
public record Binarization(Scheme scheme, Ends firstAndLast, Shortcuts shortcuts) {

  /** Of weights and ReLUs. */
  public enum Scheme {
    /** Signs of weights times the mean of their sizes; no ReLU. */
    XNOR,
    /** Signs of weights; hard tanh in place of a ReLU. */
    BNN
  }

  /** How the first and the last layer compute. */
  public enum Ends {
    /** As without signs. */
    FLOATS,
    /** As all others. */
    SIGNS
  }

  /** What shortcuts go around. */
  public enum Shortcuts {
    /** As the network has them. */
    BLOCK,
    /** Bi-Real net's. */
    CONVOLUTION
  }

  /** The largest size of a trained number, and of an argument whose gradient passes. */
  static final float LIMIT = 1f;
}
