package io.tokenmeter.engine.ledger;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.Map;
import java.util.Set;

/**
 * The files of the disk, over whose changes a process dies: every creation, write (also half of
 * it), force, renaming and deletion through one of its paths is a step of a {@link CrashPoint}.
 */
public final class CrashingFiles extends FileSystem {
  private final FileSystem disk;
  private final CrashPoint point;
  private final Provider provider;

  private CrashingFiles(FileSystem disk, CrashPoint point) {
    this.disk = disk;
    this.point = point;
    this.provider = new Provider();
  }

  /** The same place, where a process dies. */
  public static Path at(Path path, CrashPoint point) {
    return new CrashingFiles(path.getFileSystem(), point).wrap(path);
  }

  private Path wrap(Path path) {
    return (Path)
        Proxy.newProxyInstance(
            CrashingFiles.class.getClassLoader(), new Class<?>[] {Path.class}, new Wrapped(path));
  }

  private static Path unwrap(Path path) {
    return Proxy.isProxyClass(path.getClass())
            && Proxy.getInvocationHandler(path) instanceof Wrapped wrapped
        ? wrapped.path
        : path;
  }

  /** A path of the disk that says of itself that it belongs here. */
  private final class Wrapped implements InvocationHandler {
    private final Path path;

    Wrapped(Path path) {
      this.path = path;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] args) throws Throwable {
      if (method.getName().equals("getFileSystem")) {
        return CrashingFiles.this;
      }
      Object[] plain = args == null ? new Object[0] : args.clone();
      for (int i = 0; i < plain.length; i++) {
        plain[i] = plain[i] instanceof Path other ? unwrap(other) : plain[i];
      }
      try {
        Object result = method.invoke(path, plain);
        return result instanceof Path found ? wrap(found) : result;
      } catch (InvocationTargetException thrown) {
        throw thrown.getCause();
      }
    }
  }

  private final class Provider extends FileSystemProvider {
    private final FileSystemProvider disk = CrashingFiles.this.disk.provider();

    @Override
    public FileChannel newFileChannel(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      created(path, options);
      return new CrashingChannel(disk.newFileChannel(unwrap(path), options, attributes), point);
    }

    @Override
    public SeekableByteChannel newByteChannel(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      created(path, options);
      return disk.newByteChannel(unwrap(path), options, attributes);
    }

    private void created(Path path, Set<? extends OpenOption> options) {
      boolean creates =
          options.contains(StandardOpenOption.CREATE_NEW)
              || options.contains(StandardOpenOption.CREATE);
      if (creates && !unwrap(path).toFile().exists()) {
        point.write();
      }
    }

    @Override
    public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
      point.write();
      disk.createDirectory(unwrap(path), attributes);
    }

    @Override
    public void createLink(Path link, Path existing) throws IOException {
      point.write();
      disk.createLink(unwrap(link), unwrap(existing));
    }

    @Override
    public void delete(Path path) throws IOException {
      point.write();
      disk.delete(unwrap(path));
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
      point.write();
      disk.move(unwrap(source), unwrap(target), options);
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options)
        throws IOException {
      point.write();
      disk.setAttribute(unwrap(path), attribute, value, options);
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) throws IOException {
      point.write();
      disk.copy(unwrap(source), unwrap(target), options);
    }

    @Override
    public String getScheme() {
      return disk.getScheme();
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
      return CrashingFiles.this;
    }

    @Override
    public Path getPath(URI uri) {
      return wrap(disk.getPath(uri));
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(
        Path dir, DirectoryStream.Filter<? super Path> filter) throws IOException {
      return disk.newDirectoryStream(unwrap(dir), filter);
    }

    @Override
    public boolean isSameFile(Path path, Path path2) throws IOException {
      return disk.isSameFile(unwrap(path), unwrap(path2));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
      return disk.isHidden(unwrap(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
      return disk.getFileStore(unwrap(path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
      disk.checkAccess(unwrap(path), modes);
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(
        Path path, Class<V> type, LinkOption... options) {
      return disk.getFileAttributeView(unwrap(path), type, options);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(
        Path path, Class<A> type, LinkOption... options) throws IOException {
      return disk.readAttributes(unwrap(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
        throws IOException {
      return disk.readAttributes(unwrap(path), attributes, options);
    }
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public String getSeparator() {
    return disk.getSeparator();
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    return disk.getRootDirectories();
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    return disk.getFileStores();
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return disk.supportedFileAttributeViews();
  }

  @Override
  public Path getPath(String first, String... more) {
    return wrap(disk.getPath(first, more));
  }

  @Override
  public PathMatcher getPathMatcher(String syntaxAndPattern) {
    PathMatcher matcher = disk.getPathMatcher(syntaxAndPattern);
    return path -> matcher.matches(unwrap(path));
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    return disk.getUserPrincipalLookupService();
  }

  @Override
  public WatchService newWatchService() throws IOException {
    return disk.newWatchService();
  }
}
