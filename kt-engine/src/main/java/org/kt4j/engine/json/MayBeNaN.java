package org.kt4j.engine.json;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A component of a record with numbers that may be undefined, such as the score of a class without
 * objects. {@link Json} writes NaN as the text {@code "NaN"}, and reads that here and nowhere else.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.PARAMETER})
public @interface MayBeNaN {}
