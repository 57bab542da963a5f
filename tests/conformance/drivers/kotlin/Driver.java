import aws.sdk.kotlin.runtime.auth.credentials.DefaultChainCredentialsProvider;
import aws.sdk.kotlin.runtime.region.DefaultRegionProviderChain;
import aws.smithy.kotlin.runtime.auth.awscredentials.Credentials;
import aws.smithy.kotlin.runtime.businessmetrics.BusinessMetric;
import aws.smithy.kotlin.runtime.businessmetrics.BusinessMetricsUtilsKt;
import aws.smithy.kotlin.runtime.collections.AttributesKt;
import aws.smithy.kotlin.runtime.http.engine.CloseableHttpClientEngine;
import aws.smithy.kotlin.runtime.http.engine.DefaultHttpEngineKt;
import aws.smithy.kotlin.runtime.http.engine.ProxySelector;
import aws.smithy.kotlin.runtime.util.PlatformProvider;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import kotlin.Unit;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlinx.coroutines.BuildersKt;

/**
 * Resolves credentials and region with the AWS SDK for Kotlin: one JSON set-up a line on standard
 * input, one JSON verdict a line on standard output. Every set-up has the process's environment to
 * itself and fresh providers. Where CREDLINT_DRIVER_ENVIRONMENT names no file to put it in, the
 * process was started with the set-up's environment.
 */
public final class Driver {
    private Driver() {}

    public static void main(String[] arguments) throws Exception {
        String file = System.getenv("CREDLINT_DRIVER_ENVIRONMENT");
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        World.stayOnThisMachine();
        out.println(Json.write(Map.of("ready", arguments[0])));
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            out.println(Json.write(answer(line, file)));
        }
    }

    private static Map<String, Object> answer(String line, String file) {
        try {
            Map<?, ?> setup = (Map<?, ?>) Json.parse(line);
            Map<String, String> environment = new LinkedHashMap<>();
            ((Map<?, ?>) setup.get("env")).forEach((name, value) -> environment.put((String) name, (String) value));
            if (file != null) {
                World.setEnvironment(environment, file);
                World.setProperties(environment);
            }
            return judge((String) setup.get("profile"), environment);
        } catch (Throwable failure) {
            return Map.of("failure", failure.toString());
        }
    }

    private static Map<String, Object> judge(String profile, Map<String, String> environment) throws Exception {
        Map<String, Object> verdict = new LinkedHashMap<>();
        // Without a block the engine is configured by a constant, which keeps the first proxy seen.
        CloseableHttpClientEngine real = DefaultHttpEngineKt.DefaultHttpEngine(config -> Unit.INSTANCE);
        CloseableHttpClientEngine direct =
                DefaultHttpEngineKt.DefaultHttpEngine(
                        config -> {
                            config.setProxySelector(ProxySelector.Companion.getNoProxy());
                            return Unit.INSTANCE;
                        });
        Redirect engine = new Redirect(real, direct, environment);
        PlatformProvider platform = PlatformProvider.Companion.getSystem();
        try (DefaultChainCredentialsProvider provider =
                new DefaultChainCredentialsProvider(profile, platform, engine, null)) {
            Credentials credentials =
                    BuildersKt.runBlocking(
                            EmptyCoroutineContext.INSTANCE,
                            (scope, continuation) ->
                                    provider.resolve(AttributesKt.emptyAttributes(), continuation));
            verdict.put("stage", "credentials");
            describe(credentials, verdict);
        } catch (Exception error) {
            verdict.put("stage", "none");
            verdict.put("error", error.getClass().getSimpleName());
            List<String> names = new ArrayList<>();
            StringBuilder message = new StringBuilder();
            for (Throwable one : error.getSuppressed()) {
                names.add(one.getClass().getSimpleName());
                message.append(one.getMessage()).append(" <- ").append(one.getCause()).append("\n");
            }
            verdict.put("errors", names);
            verdict.put("message", message.toString());
        } finally {
            real.close();
            direct.close();
        }
        verdict.put("roles", engine.roles);
        region(verdict);
        return verdict;
    }

    private static void describe(Credentials credentials, Map<String, Object> verdict) {
        verdict.put("provider", String.valueOf(credentials.getProviderName()));
        verdict.put("method", verdict.get("provider"));
        Set<String> metrics = new TreeSet<>();
        Set<BusinessMetric> found =
                credentials.getAttributes().getOrNull(BusinessMetricsUtilsKt.getBusinessMetrics());
        if (found != null) {
            found.forEach(metric -> metrics.add(metric.toString()));
        }
        verdict.put("metrics", metrics);
        verdict.put("key", credentials.getAccessKeyId());
        String token = credentials.getSessionToken();
        verdict.put("token", token != null && !token.isEmpty());
        verdict.put("expires", String.valueOf(credentials.getExpiration()));
    }

    private static void region(Map<String, Object> verdict) throws Exception {
        try (DefaultRegionProviderChain chain = new DefaultRegionProviderChain()) {
            verdict.put(
                    "region",
                    BuildersKt.runBlocking(
                            EmptyCoroutineContext.INSTANCE,
                            (scope, continuation) -> chain.getRegion(continuation)));
        }
    }
}
