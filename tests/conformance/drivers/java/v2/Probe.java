import java.util.LinkedHashMap;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.util.VersionInfo;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/** Resolves credentials and region as a program with the AWS SDK for Java v2 does. */
public final class Probe {
  private Probe() {}

  public static String version() {
    return VersionInfo.SDK_VERSION;
  }

  /**
   * {@code profile}: as {@code defaultProfileName} of a client hands it on, or null. {@code
   * services}: where AWS APIs are stood in for.
   */
  public static Map<String, Object> judge(String profile, Map<String, String> services) {
    Services.addresses = services;
    Map<String, Object> verdict = new LinkedHashMap<>();
    try (DefaultCredentialsProvider chain =
        DefaultCredentialsProvider.builder().profileName(profile).build()) {
      AwsCredentials found = chain.resolveCredentials();
      verdict.put("stage", "resolved");
      verdict.put("method", found.providerName().orElse(""));
      verdict.put("key", found.accessKeyId());
      verdict.put("token", found instanceof AwsSessionCredentials);
      verdict.put("role", Services.role);
    } catch (Throwable failure) {
      // The chain's own words where no provider had any, see AwsCredentialsProviderChain.
      boolean none =
          failure instanceof SdkClientException
              && String.valueOf(failure.getMessage()).startsWith("Unable to load credentials from");
      verdict.put("stage", none ? "none" : "resolve");
      verdict.put("error", none ? "" : failure.getClass().getSimpleName());
      verdict.put("message", String.valueOf(failure.getMessage()));
    }
    try {
      Region region =
          DefaultAwsRegionProviderChain.builder()
              .profileFile(ProfileFile::defaultProfileFile)
              .profileName(profile)
              .build()
              .getRegion();
      verdict.put("region", region.id());
    } catch (Throwable failure) {
      verdict.put("region", null);
      verdict.put("region_error", failure.getClass().getSimpleName());
    }
    return verdict;
  }
}
