/** A method that somebody else wrote: the example of docs/extending.md. */
@NullMarked
package com.example.meanmap;

import org.jspecify.annotations.NullMarked;
