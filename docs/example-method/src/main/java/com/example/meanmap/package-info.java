/** A method from outside the project: the example of docs/extending.md. */
@NullMarked
package com.example.meanmap;

import org.jspecify.annotations.NullMarked;
