package io.tokenmeter.javaagent.weaving;

import java.lang.reflect.Modifier;
import java.util.List;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.pool.TypePool;

/**
 * Describes a class from its file, and the types that it mentions by their names alone: a cast in
 * woven code needs no more. Nothing is read through the application's class loader while that is
 * loading a class.
 */
final class WovenTypePool extends TypePool.Default {

  WovenTypePool(ClassFileLocator file) {
    super(new CacheProvider.Simple(), file, ReaderMode.FAST);
  }

  @Override
  protected Resolution doDescribe(String name) {
    Resolution described = super.doDescribe(name);
    return described.isResolved() ? described : new Resolution.Simple(byName(name));
  }

  private static TypeDescription byName(String name) {
    return new TypeDescription.Latent(
        name,
        Modifier.PUBLIC,
        TypeDescription.ForLoadedType.of(Object.class).asGenericType(),
        List.of());
  }
}
