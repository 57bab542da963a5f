import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URL;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.SdkHttpService;
import software.amazon.awssdk.utils.AttributeMap;

/**
 * The transport of the SDK's clients here: whatever they send goes to the stand-ins.
 *
 * <p>It is found as the SDK finds every implementation of HTTP, by META-INF/services, and it is
 * the only one on the class path. So requests to the real addresses, which a set-up without
 * endpoint variables makes, are answered as well. IMDS and the container endpoint are asked by
 * the JVM's own connections and do not pass here.
 */
public final class Services implements SdkHttpService {
  static volatile Map<String, String> addresses;
  /** The role that was asked for last. */
  static volatile String role;

  @Override
  public SdkHttpClient.Builder<?> createHttpClientBuilder() {
    return new Builder();
  }

  /** A builder without settings. */
  private static final class Builder implements SdkHttpClient.Builder<Builder> {
    @Override
    public SdkHttpClient buildWithDefaults(AttributeMap defaults) {
      return new Client();
    }
  }

  private static final class Client implements SdkHttpClient {
    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
      return new Call(request);
    }

    @Override
    public void close() {}
  }

  private static final class Call implements ExecutableHttpRequest {
    private final HttpExecuteRequest request;

    Call(HttpExecuteRequest request) {
      this.request = request;
    }

    @Override
    public void abort() {}

    @Override
    public HttpExecuteResponse call() throws IOException {
      SdkHttpRequest http = request.httpRequest();
      byte[] body = new byte[0];
      if (request.contentStreamProvider().isPresent()) {
        try (InputStream stream = request.contentStreamProvider().get().newStream()) {
          body = stream.readAllBytes();
        }
      }
      Map<String, String> parameters = parameters(new String(body, StandardCharsets.UTF_8));
      String service = service(http.encodedPath());
      if (service.equals("sts")) {
        role = parameters.get("RoleArn");
      }
      String refusal = service.equals("sts") ? Limits.refusal(parameters) : null;
      if (refusal != null) {
        return answer(400, "text/xml", refusal.getBytes(StandardCharsets.UTF_8));
      }
      String query = http.encodedQueryParameters().map(one -> "?" + one).orElse("");
      URL url = new URL(addresses.get(service) + http.encodedPath() + query);
      HttpURLConnection connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
      connection.setConnectTimeout(5000);
      connection.setReadTimeout(20000);
      connection.setRequestMethod(http.method().name());
      http.forEachHeader((name, values) -> {
        if (!name.equalsIgnoreCase("Host") && !name.equalsIgnoreCase("Content-Length")) {
          connection.setRequestProperty(name, String.join(",", values));
        }
      });
      if (body.length > 0) {
        connection.setDoOutput(true);
        connection.getOutputStream().write(body);
      }
      int status = connection.getResponseCode();
      InputStream answer =
          status < 400 ? connection.getInputStream() : connection.getErrorStream();
      byte[] bytes = answer == null ? new byte[0] : answer.readAllBytes();
      return answer(status, String.valueOf(connection.getContentType()), bytes);
    }

    private static HttpExecuteResponse answer(int status, String type, byte[] bytes) {
      return HttpExecuteResponse.builder()
          .response(
              SdkHttpResponse.builder()
                  .statusCode(status)
                  .putHeader("Content-Type", type)
                  .putHeader("Content-Length", String.valueOf(bytes.length))
                  .build())
          .responseBody(AbortableInputStream.create(new ByteArrayInputStream(bytes)))
          .build();
    }

    private static String service(String path) {
      if (path.endsWith("/federation/credentials")) {
        return "sso";
      }
      if (path.endsWith("/v1/token")) {
        return "signin";
      }
      return path.endsWith("/token") ? "sso_oidc" : "sts";
    }

    private static Map<String, String> parameters(String body) {
      Map<String, String> found = new HashMap<>();
      for (String part : body.split("&")) {
        String[] pair = part.split("=", 2);
        if (pair.length == 2) {
          found.put(pair[0], URLDecoder.decode(pair[1], StandardCharsets.UTF_8));
        }
      }
      return found;
    }
  }
}
