import aws.smithy.kotlin.runtime.http.HttpBody;
import aws.smithy.kotlin.runtime.http.HttpCall;
import aws.smithy.kotlin.runtime.http.engine.HttpClientEngine;
import aws.smithy.kotlin.runtime.http.engine.HttpClientEngineConfig;
import aws.smithy.kotlin.runtime.http.request.HttpRequest;
import aws.smithy.kotlin.runtime.http.request.HttpRequestBuilder;
import aws.smithy.kotlin.runtime.http.request.HttpRequestKt;
import aws.smithy.kotlin.runtime.net.url.Url;
import aws.smithy.kotlin.runtime.net.url.UrlEncoding;
import aws.smithy.kotlin.runtime.operation.ExecutionContext;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;

/**
 * The SDK's own engine, but requests to AWS services go to the stand-ins, past any proxy. Whatever
 * else is asked (IMDS, the container endpoint) is asked as the SDK would.
 */
final class Redirect implements HttpClientEngine {
    private final HttpClientEngine real;
    private final HttpClientEngine direct;
    private final Map<String, String> environment;

    /** The roles that STS was asked for, the last one last. */
    final List<String> roles = new ArrayList<>();

    Redirect(HttpClientEngine real, HttpClientEngine direct, Map<String, String> environment) {
        this.real = real;
        this.direct = direct;
        this.environment = environment;
    }

    @Override
    public HttpClientEngineConfig getConfig() {
        return real.getConfig();
    }

    @Override
    public CoroutineContext getCoroutineContext() {
        return real.getCoroutineContext();
    }

    @Override
    public Object roundTrip(
            ExecutionContext context, HttpRequest request, Continuation<? super HttpCall> continuation) {
        String host = request.getUrl().getHost().toString();
        String variable = service(host, request.getUrl().getPort());
        if (variable == null) {
            return real.roundTrip(context, request, continuation);
        }
        boolean refused = !note(request.getBody());
        String address = environment.get(refused ? "AWS_ENDPOINT_URL" : variable);
        Url stand = Url.Companion.parse(address, UrlEncoding.Companion.getAll());
        HttpRequestBuilder builder = HttpRequestKt.toBuilder(request);
        builder.getUrl().setScheme(stand.getScheme());
        builder.getUrl().setHost(stand.getHost());
        builder.getUrl().setPort(stand.getPort());
        return direct.roundTrip(context, builder.build(), continuation);
    }

    /**
     * Note the role of a request, and tell whether the lengths in it keep the limits of the STS API
     * Reference (and the token is text at all), which the real service insists upon and the stand-in does not.
     */
    private boolean note(HttpBody body) {
        boolean kept = true;
        if (body instanceof HttpBody.Bytes bytes) {
            for (String pair : new String(bytes.bytes(), StandardCharsets.UTF_8).split("&")) {
                String[] parts = pair.split("=", 2);
                String value = parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8);
                kept &=
                        switch (parts[0]) {
                            case "RoleArn" -> value.length() >= 20;
                            case "RoleSessionName" -> value.matches("[\\w+=,.@-]{2,64}");
                            case "ExternalId" -> value.length() >= 2;
                            case "WebIdentityToken" -> value.length() >= 4 && !value.contains("\ufffd");
                            default -> true;
                        };
                if (parts[0].equals("RoleArn")) {
                    roles.add(value);
                }
            }
        }
        return kept;
    }

    /** Return the variable that names the stand-in for a host, null when it is no AWS service. */
    private String service(String host, int port) {
        for (String name : new String[] {"STS", "SSO", "SSO_OIDC", "SIGNIN"}) {
            String variable = "AWS_ENDPOINT_URL_" + name;
            String address = environment.get(variable);
            if (address != null && address.startsWith("http://" + host + ":" + port)) {
                return variable;
            }
        }
        String variable = null;
        if (host.startsWith("sts.")) {
            variable = "AWS_ENDPOINT_URL_STS";
        } else if (host.startsWith("portal.sso.")) {
            variable = "AWS_ENDPOINT_URL_SSO";
        } else if (host.startsWith("oidc.")) {
            variable = "AWS_ENDPOINT_URL_SSO_OIDC";
        }
        return environment.containsKey(variable) ? variable : null;
    }
}
