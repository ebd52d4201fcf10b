package org.kt4j.api;

/**
 * When a 1x1 convolution makes as many channels of a student's map as the teacher's has, see {@link
 * ChannelMatch}. A method that has it in its options has the key {@code adapt}.
 */
public enum Adapt {
  /** Where the numbers of channels differ. */
  AUTO,
  /** Also where they are equal: the student may keep channels of its own. */
  ALWAYS
}
