package io.tokenmeter.engine.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** A file that a process dies over: before a write, or when half of it is done. */
final class CrashingChannel extends FileChannel {
  private final FileChannel disk;
  private final CrashPoint point;

  CrashingChannel(FileChannel disk, CrashPoint point) {
    this.disk = disk;
    this.point = point;
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    dieHalfWay(bytes, disk.position());
    return disk.write(bytes);
  }

  @Override
  public int write(ByteBuffer bytes, long position) throws IOException {
    dieHalfWay(bytes, position);
    return disk.write(bytes, position);
  }

  private void dieHalfWay(ByteBuffer bytes, long position) throws IOException {
    point.write();
    if (point.isReached()) {
      ByteBuffer half = bytes.duplicate();
      half.limit(half.position() + half.remaining() / 2);
      disk.write(half, position);
      point.die();
    }
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
    throw new UnsupportedOperationException();
  }

  @Override
  public void force(boolean metaData) throws IOException {
    point.write();
    disk.force(metaData);
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    point.write();
    disk.truncate(size);
    return this;
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
    return disk.map(mode, position, size);
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    return disk.read(into);
  }

  @Override
  public int read(ByteBuffer into, long position) throws IOException {
    return disk.read(into, position);
  }

  @Override
  public long read(ByteBuffer[] into, int offset, int length) throws IOException {
    return disk.read(into, offset, length);
  }

  @Override
  public long position() throws IOException {
    return disk.position();
  }

  @Override
  public FileChannel position(long newPosition) throws IOException {
    disk.position(newPosition);
    return this;
  }

  @Override
  public long size() throws IOException {
    return disk.size();
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
    return disk.transferTo(position, count, target);
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) throws IOException {
    return disk.lock(position, size, shared);
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    return disk.tryLock(position, size, shared);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    disk.close();
  }
}
