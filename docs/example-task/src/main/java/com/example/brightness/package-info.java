/** A task of one's own: how bright a picture is. */
@NullMarked
package com.example.brightness;

import org.jspecify.annotations.NullMarked;
