import java.util.Map;

/**
 * What STS refuses of a request's parameters before it looks any further (AWS STS API Reference,
 * AssumeRole and AssumeRoleWithWebIdentity); the stand-in for STS takes everything.
 */
public final class Limits {
  private Limits() {}

  /** Returns the body of the refusal, null where the request would be looked at. */
  public static String refusal(Map<String, String> parameters) {
    boolean fits =
        fits(parameters.get("RoleArn"), 20, 2048, ".*")
            && fits(parameters.get("RoleSessionName"), 2, 64, "[\\w+=,.@-]*")
            && fits(parameters.get("ExternalId"), 2, 1224, "[\\w+=,.@:/-]*")
            && fits(parameters.get("WebIdentityToken"), 1, 20000, "(?s).*");
    return fits
        ? null
        : "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code>"
            + "<Message>a parameter is refused</Message></Error></ErrorResponse>";
  }

  private static boolean fits(String value, int shortest, int longest, String pattern) {
    return value == null
        || value.length() >= shortest && value.length() <= longest && value.matches(pattern);
  }
}
