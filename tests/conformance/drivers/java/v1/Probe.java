import com.amazonaws.SdkClientException;
import com.amazonaws.auth.AWSCredentials;
import com.amazonaws.auth.AWSCredentialsProvider;
import com.amazonaws.auth.AWSCredentialsProviderChain;
import com.amazonaws.auth.AWSSessionCredentials;
import com.amazonaws.auth.DefaultAWSCredentialsProviderChain;
import com.amazonaws.auth.ProviderNameAware;
import com.amazonaws.auth.profile.ProfileCredentialsProvider;
import com.amazonaws.regions.DefaultAwsRegionProviderChain;
import com.amazonaws.util.VersionInfoUtils;
import java.lang.reflect.Field;
import java.util.LinkedHashMap;
import java.util.Map;

/** Resolves credentials and region as a program with the AWS SDK for Java v1 does. */
public final class Probe {
  private Probe() {}

  public static String version() {
    return VersionInfoUtils.getVersion();
  }

  /**
   * {@code profile}: the default chain takes none, so a program that names one uses the provider
   * of profiles alone. {@code services}: where AWS APIs are stood in for.
   */
  public static Map<String, Object> judge(String profile, Map<String, String> services) {
    Services.addresses = services;
    Map<String, Object> verdict = new LinkedHashMap<>();
    try {
      AWSCredentialsProvider asked =
          profile == null
              ? new DefaultAWSCredentialsProviderChain()
              : new ProfileCredentialsProvider(profile);
      AWSCredentials found = asked.getCredentials();
      verdict.put("stage", "resolved");
      Object used = profile == null ? lastUsed(asked) : asked;
      verdict.put("method", used.getClass().getSimpleName());
      verdict.put(
          "given_by",
          found instanceof ProviderNameAware
              ? String.valueOf(((ProviderNameAware) found).getProviderName())
              : "");
      verdict.put("key", found.getAWSAccessKeyId());
      verdict.put("token", found instanceof AWSSessionCredentials);
      verdict.put("role", Services.role);
    } catch (Throwable failure) {
      boolean none =
          failure instanceof SdkClientException
              && String.valueOf(failure.getMessage())
                  .startsWith("Unable to load AWS credentials from any provider in the chain");
      // An exception of a provider that is asked alone; errors of the machine are others.
      boolean alone = profile != null && failure instanceof Exception;
      verdict.put("stage", none ? "none" : alone ? "alone" : "resolve");
      verdict.put("error", none ? "" : failure.getClass().getSimpleName());
      verdict.put("message", String.valueOf(failure.getMessage()));
    }
    try {
      verdict.put("region", new DefaultAwsRegionProviderChain().getRegion());
    } catch (Throwable failure) {
      verdict.put("region", null);
      verdict.put("region_error", failure.getClass().getSimpleName());
    }
    return verdict;
  }

  private static Object lastUsed(Object chain) throws Exception {
    Field field = AWSCredentialsProviderChain.class.getDeclaredField("lastUsedProvider");
    field.setAccessible(true);
    return field.get(chain);
  }
}
