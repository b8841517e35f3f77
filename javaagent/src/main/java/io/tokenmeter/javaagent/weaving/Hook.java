package io.tokenmeter.javaagent.weaving;

/**
 * A door in a library: a method, and the advice that goes there.
 *
 * @param target the class's name
 * @param method the method's name, without the suffix that Kotlin gives to internal methods
 * @param parameters how many parameters it has, all of them objects
 * @param replaced how many of them the advice may replace, from the first one on
 * @param leaves whether the advice is also told how the method ends
 * @param advice the name of the class with the advice, in one of the seams' packages
 */
record Hook(
    String target, String method, int parameters, int replaced, boolean leaves, String advice) {

  boolean matches(String name, int parameterCount) {
    return parameterCount == parameters && (name.equals(method) || name.startsWith(method + "$"));
  }
}
