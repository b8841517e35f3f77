package io.tokenmeter.benchmarks.budgets;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import redis.embedded.RedisServer;

/** A Redis server on loopback, and Bucket4j's buckets in it. */
final class RedisBuckets implements AutoCloseable {
  private final RedisServer server;
  private final RedisClient client;

  private RedisBuckets(RedisServer server, RedisClient client) {
    this.server = server;
    this.client = client;
  }

  static RedisBuckets start() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    RedisServer server =
        RedisServer.newRedisServer()
            .port(port)
            .bind("127.0.0.1")
            .setting("save \"\"")
            .setting("appendonly no")
            .build();
    server.start();
    return new RedisBuckets(server, RedisClient.create("redis://127.0.0.1:" + port));
  }

  Bucket bucket(String key) {
    return Bucket4jLettuce.casBasedBuilder(client)
        .build()
        .builder()
        .build(key.getBytes(UTF_8), BucketPairs::configuration);
  }

  @Override
  public void close() throws IOException {
    client.shutdown();
    server.stop();
  }
}
