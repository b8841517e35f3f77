/** Finds the seams' doors in the application's classes and puts advice there. */
@NullMarked
package io.tokenmeter.javaagent.weaving;

import org.jspecify.annotations.NullMarked;
