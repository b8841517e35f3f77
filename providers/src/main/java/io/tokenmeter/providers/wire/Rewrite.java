package io.tokenmeter.providers.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tokenmeter.providers.LlmRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Replaces or adds the model and the limit to output in a request's body. Every other byte stays
 * where it was.
 */
public final class Rewrite {
  private final LimitField place;
  private final @Nullable String model;
  private final long limit;
  private final List<Splice> splices = new ArrayList<>();
  private boolean modelFound;
  private boolean limitFound;

  /**
   * Where a dialect has the limit.
   *
   * @param parents names of the object that it stands in, the one to add first; empty: the root
   * @param names its names, the one to add first
   */
  public record LimitField(List<String> parents, List<String> names) {}

  private record Splice(int from, int to, String text) {}

  private Rewrite(LimitField place, @Nullable String model, long limit) {
    this.place = place;
    this.model = model;
    this.limit = limit;
  }

  /**
   * The body with the model and the limit set.
   *
   * @param model null to keep it
   * @param limit {@link LlmRequest#UNLIMITED} to keep it
   * @return null if the body is not an object, or says one of them twice or by a wrong type
   */
  public static byte @Nullable [] apply(
      byte[] body, @Nullable String model, long limit, LimitField place) {
    Rewrite rewrite = new Rewrite(place, model, limit);
    return JsonCursor.<byte[]>read(
        body,
        root -> {
          rewrite.read(root);
          return rewrite.spliced(body);
        });
  }

  private void read(JsonCursor root) throws IOException {
    int start = root.offset() + 1;
    root.eachUniqueField(
        name -> {
          if (model != null && name.equals("model")) {
            modelFound = true;
            splices.add(new Splice(root.offset(), root.scalarEnd(), Json.quoted(model)));
          } else if (limit != LlmRequest.UNLIMITED) {
            limitIn(root, name);
          }
        });
    if (model != null && !modelFound) {
      splices.add(new Splice(start, start, "\"model\":" + Json.quoted(model) + ","));
    }
    if (limit != LlmRequest.UNLIMITED && !limitFound) {
      String field = limitField();
      splices.add(
          new Splice(
              start,
              start,
              (place.parents.isEmpty()
                      ? field
                      : Json.quoted(place.parents.get(0)) + ":{" + field + "}")
                  + ","));
    }
  }

  private void limitIn(JsonCursor root, String name) throws IOException {
    if (place.parents.isEmpty()) {
      replaceLimit(root, name);
    } else if (place.parents.contains(name)) {
      JsonCursor.require(root.isObject() && !limitFound);
      int start = root.offset() + 1;
      boolean[] empty = {true};
      root.eachUniqueField(
          field -> {
            empty[0] = false;
            replaceLimit(root, field);
          });
      if (!limitFound) {
        limitFound = true;
        splices.add(new Splice(start, start, limitField() + (empty[0] ? "" : ",")));
      }
    }
  }

  private void replaceLimit(JsonCursor json, String name) throws IOException {
    if (place.names.contains(name)) {
      limitFound = true;
      splices.add(new Splice(json.offset(), json.scalarEnd(), Long.toString(limit)));
    }
  }

  private String limitField() {
    return Json.quoted(place.names.get(0)) + ":" + limit;
  }

  private byte[] spliced(byte[] body) {
    splices.sort(Comparator.comparingInt(Splice::from));
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.length + 64);
    int copied = 0;
    for (Splice splice : splices) {
      out.write(body, copied, splice.from - copied);
      out.writeBytes(splice.text.getBytes(UTF_8));
      copied = splice.to;
    }
    out.write(body, copied, body.length - copied);
    return out.toByteArray();
  }
}
