package org.kt4j.api;

/** What a term learns from, for listings. */
public enum MethodFamily {
  /** From labels, without a teacher. */
  LABELS("labels"),
  /** From what the teacher answers. */
  LOGITS("the teacher's logits"),
  /** From feature maps or vectors of the teacher, picture by picture. */
  FEATURES("the teacher's features"),
  /** From how pictures, channels or layers of the teacher relate to each other. */
  RELATIONS("relations within the teacher"),
  /** From something else. */
  OTHER("something else");

  private final String source;

  MethodFamily(String source) {
    this.source = source;
  }

  /** What it learns from, in words. */
  public String source() {
    return source;
  }
}
