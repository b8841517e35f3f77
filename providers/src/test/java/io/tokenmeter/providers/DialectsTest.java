package io.tokenmeter.providers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DialectsTest {
  @ParameterizedTest
  @CsvSource({
    "api.openai.com, /v1/chat/completions, openai, CHAT",
    "api.openai.com, /v1/responses, openai, CHAT",
    "api.openai.com, /v1/embeddings, openai, EMBEDDINGS",
    "api.openai.com, /v1/completions, openai, TEXT_COMPLETION",
    "127.0.0.1, /proxy/chat/completions?x=1, openai, CHAT",
    "api.mistral.ai, /v1/chat/completions, mistral_ai, CHAT",
    "codestral.mistral.ai, /v1/chat/completions, mistral_ai, CHAT",
    "API.DeepSeek.com, /chat/completions, deepseek, CHAT",
    "api.groq.com, /openai/v1/chat/completions, groq, CHAT",
    "api.x.ai, /v1/chat/completions, x_ai, CHAT",
    "openrouter.ai, /api/v1/chat/completions, openrouter, CHAT",
    "api.together.xyz, /v1/embeddings, together, EMBEDDINGS",
    "notopenrouter.ai, /api/v1/chat/completions, openai, CHAT",
    "me.openai.azure.com, /openai/v1/responses, azure.ai.openai, CHAT",
    "gw.corp, /openai/deployments/d/chat/completions?api-version=1, azure.ai.openai, CHAT",
    "api.anthropic.com, /v1/messages?beta=true, anthropic, CHAT",
    "gw.corp, /anthropic/v1/messages, anthropic, CHAT",
    "api.deepseek.com, /anthropic/v1/messages, deepseek, CHAT",
    "us-east1-aiplatform.googleapis.com, /v1/projects/p/endpoints/openapi/chat/completions, gcp.vertex_ai, CHAT",
    "h, /v1beta/models/gemini-2.5-flash:generateContent, gcp.gemini, GENERATE_CONTENT",
    "h, /v1beta/models/g:streamGenerateContent?alt=sse, gcp.gemini, GENERATE_CONTENT",
    "h, /v1beta/models/g:embedContent, gcp.gemini, EMBEDDINGS",
    "h, /v1beta/models/g:batchEmbedContents, gcp.gemini, EMBEDDINGS",
    "h, /v1/projects/p/locations/l/publishers/google/models/g:generateContent, gcp.vertex_ai, GENERATE_CONTENT"
  })
  void find_callToAModel_itsDialect(
      String host, String path, String provider, Operation operation) {
    Dialect dialect = Dialects.find("POST", host, path);

    assertThat(dialect).isNotNull();
    assertThat(dialect.provider()).isEqualTo(provider);
    assertThat(dialect.operation()).isEqualTo(operation);
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /v1/messages/count_tokens",
    "POST, /v1/messages/batches",
    "POST, /v1/responses/compact",
    "POST, /v1/chat/completions/x",
    "POST, /v1beta/models/g:countTokens",
    "POST, /v1/threads/t/messages",
    "POST, /v1/images/generations",
    "POST, /",
    "POST, ''",
    "GET, /v1/chat/completions",
    "DELETE, /v1/responses"
  })
  void find_anyOtherCall_null(String method, String path) {
    assertThat(Dialects.find(method, "api.openai.com", path)).isNull();
  }

  @Test
  void find_sameProviderTwice_sameInstance() {
    assertThat(Dialects.find("POST", "api.groq.com", "/chat/completions"))
        .isSameAs(Dialects.find("post", "api.groq.com", "/v1/chat/completions?a=b"));
  }
}
