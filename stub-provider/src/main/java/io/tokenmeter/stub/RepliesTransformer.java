package io.tokenmeter.stub;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.extension.ResponseDefinitionTransformerV2;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.http.Request;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;

/** Turns each request into the response that the script asks for. Thread-safe. */
final class RepliesTransformer implements ResponseDefinitionTransformerV2 {
  private final List<ModelRequest> requests = new CopyOnWriteArrayList<>();
  private volatile Function<ModelRequest, Reply> script;

  RepliesTransformer(Function<ModelRequest, Reply> script) {
    this.script = script;
  }

  void script(Function<ModelRequest, Reply> next) {
    script = next;
    requests.clear();
  }

  List<ModelRequest> requests() {
    return List.copyOf(requests);
  }

  @Override
  public String getName() {
    return "replies";
  }

  @Override
  public ResponseDefinition transform(ServeEvent event) {
    Request incoming = event.getRequest();
    String path = incoming.getUrl().replaceFirst("\\?.*", "");
    Api api = Api.ofPath(path);
    if (api == null) {
      return aResponse().withStatus(404).build();
    }
    String text = incoming.getBodyAsString();
    ModelRequest request = new ModelRequest(api, path, Json.parse(text), text);
    requests.add(request);
    return respond(request, script.apply(request)).build();
  }

  private static ResponseDefinitionBuilder respond(ModelRequest request, Reply reply) {
    Wire wire = Wire.of(request.api());
    if (reply instanceof Reply.Failure failure) {
      ResponseDefinitionBuilder response =
          aResponse()
              .withStatus(failure.status())
              .withHeader("Content-Type", "application/json")
              .withBody(wire.error(failure));
      failure.headers().forEach(response::withHeader);
      return response;
    }
    if (reply instanceof Reply.Answer answer) {
      return request.streaming()
          ? stream(wire.events(request, answer), answer.gzip())
          : body(wire.body(request, answer), "application/json", answer.gzip());
    }
    return aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER);
  }

  /** Sends the stream in pieces that are not cut where the events are. */
  private static ResponseDefinitionBuilder stream(List<String> events, boolean gzip) {
    int pieces = Math.max(2, events.size() / 2);
    return body(String.join("", events), "text/event-stream", gzip)
        .withChunkedDribbleDelay(pieces, pieces * 3);
  }

  private static ResponseDefinitionBuilder body(String body, String contentType, boolean gzip) {
    ResponseDefinitionBuilder response =
        aResponse()
            .withStatus(200)
            .withHeader("Content-Type", contentType)
            .withHeader("x-request-id", "req_1");
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return gzip
        ? response.withHeader("Content-Encoding", "gzip").withBody(compress(bytes))
        : response.withBody(bytes);
  }

  private static byte[] compress(byte[] bytes) {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(bytes);
    } catch (IOException cannotHappen) {
      throw new UncheckedIOException("in memory", cannotHappen);
    }
    return compressed.toByteArray();
  }
}
