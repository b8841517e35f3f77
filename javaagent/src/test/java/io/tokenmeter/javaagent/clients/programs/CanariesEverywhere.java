package io.tokenmeter.javaagent.clients.programs;

import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/**
 * Requests that hold a canary wherever a program may write what it likes: system text, tools and
 * their arguments and results, schemas, images, metadata, texts to embed, and in every place of a
 * key.
 */
final class CanariesEverywhere extends ClientProgram {
  private static final String CHAT =
      """
      {"model":"%s","user":"canary","metadata":{"canary":"canary"},"stop":["canary"],
       "prediction":{"type":"content","content":"canary prediction"},
       "messages":[
        {"role":"system","name":"canary","content":"canary system text"},
        {"role":"user","content":[{"type":"text","text":"canary-prompt-5zc8"},
         {"type":"image_url","image_url":{"url":"data:image/png;base64,canary5zc8"}},
         {"type":"input_audio","input_audio":{"data":"canary5zc8","format":"wav"}},
         {"type":"file","file":{"filename":"canary.pdf","file_data":"canary5zc8"}}]},
        {"role":"assistant","content":null,"refusal":"canary","tool_calls":[{"id":"canary-call",
         "type":"function","function":{"name":"canary_tool","arguments":"{\\"q\\":\\"canary\\"}"}}]},
        {"role":"tool","tool_call_id":"canary-call","content":"canary result"}],
       "tools":[{"type":"function","function":{"name":"canary_tool","description":"canary",
        "parameters":{"type":"object","properties":{"canary":{"type":"string","enum":["canary"],
         "description":"canary"}}}}}],
       "tool_choice":{"type":"function","function":{"name":"canary_tool"}},
       "response_format":{"type":"json_schema","json_schema":{"name":"canary",
        "description":"canary","schema":{"type":"object","title":"canary"}}}}""";
  private static final String RESPONSES =
      """
      {"model":"%s","instructions":"canary system text","user":"canary","metadata":{"a":"canary"},
       "prompt":{"id":"canary","variables":{"a":"canary"}},"previous_response_id":"canary",
       "input":[{"role":"user","content":[{"type":"input_text","text":"canary-prompt-5zc8"}]},
        {"type":"function_call","call_id":"canary","name":"canary_tool",
         "arguments":"{\\"q\\":\\"canary\\"}"},
        {"type":"function_call_output","call_id":"canary","output":"canary result"}],
       "tools":[{"type":"function","name":"canary_tool","description":"canary",
        "parameters":{"type":"object","title":"canary"}}]}""";
  private static final String EMBEDDINGS =
      """
      {"model":"%s","user":"canary","input":["canary-prompt-5zc8","canary text to embed"]}""";
  private static final String MESSAGES =
      """
      {"model":"%s","max_tokens":400,"metadata":{"user_id":"canary"},"stop_sequences":["canary"],
       "system":[{"type":"text","text":"canary system text","cache_control":{"type":"ephemeral"}}],
       "messages":[
        {"role":"user","content":[{"type":"text","text":"canary-prompt-5zc8"},
         {"type":"image","source":{"type":"base64","media_type":"image/png","data":"canary5zc8"}}]},
        {"role":"assistant","content":[{"type":"thinking","thinking":"canary","signature":"canary"},
         {"type":"tool_use","id":"canary","name":"canary_tool","input":{"canary":"canary"}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"canary",
         "content":"canary result"}]}],
       "tools":[{"name":"canary_tool","description":"canary",
        "input_schema":{"type":"object","title":"canary"}}]}""";
  private static final String GENERATE =
      """
      {"systemInstruction":{"parts":[{"text":"canary system text"}]},"cachedContent":"canary",
       "labels":{"canary":"canary"},
       "contents":[{"role":"user","parts":[{"text":"canary-prompt-5zc8"},
         {"inlineData":{"mimeType":"image/png","data":"canary5zc8"}}]},
        {"role":"model","parts":[{"functionCall":{"name":"canary_tool","args":{"q":"canary"}}}]},
        {"role":"user","parts":[{"functionResponse":{"name":"canary_tool",
         "response":{"canary":"canary"}}}]}],
       "tools":[{"functionDeclarations":[{"name":"canary_tool","description":"canary",
        "parameters":{"type":"OBJECT","title":"canary"}}]}],
       "generationConfig":{"maxOutputTokens":400,"stopSequences":["canary"]}}""";
  private static final String EMBED_CONTENT =
      """
      {"content":{"role":"canary","parts":[{"text":"canary-prompt-5zc8"},{"text":"canary to embed"}]},
       "title":"canary","taskType":"canary"}""";

  private final HttpClient client = HttpClient.newHttpClient();

  private CanariesEverywhere() {
    request("chat", "/v1/chat/completions", CHAT);
    request("responses", "/v1/responses", RESPONSES);
    request("embeddings", "/v1/embeddings", EMBEDDINGS);
    request("messages", "/v1/messages", MESSAGES);
    request("generate", "/v1beta/models/%s:generateContent?key=" + KEY, GENERATE);
    request("embed_content", "/v1beta/models/%s:embedContent?key=" + KEY, EMBED_CONTENT);
    request("broken", "/v1/chat/completions", CHAT.replace("\"tools\":[", "\"tools\":canary"));
  }

  public static void main(String[] arguments) throws Exception {
    new CanariesEverywhere().serve(arguments);
  }

  private void request(String name, String path, String body) {
    mode(name, (url, model, out) -> send(url + path.formatted(model), body.formatted(model), out));
  }

  private void send(String url, String body, PrintWriter out) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + KEY)
            .header("x-api-key", KEY)
            .header("api-key", KEY)
            .header("x-goog-api-key", KEY)
            .header("OpenAI-Organization", "canary")
            .header("X-Title", "canary")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
    out.println("status=" + response.statusCode());
    out.println("body=" + response.body());
  }
}
