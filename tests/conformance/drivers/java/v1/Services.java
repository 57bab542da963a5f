import com.amazonaws.AmazonServiceException;
import com.amazonaws.Request;
import com.amazonaws.handlers.RequestHandler2;
import com.amazonaws.services.securitytoken.model.AssumeRoleRequest;
import com.amazonaws.services.securitytoken.model.AssumeRoleWithWebIdentityRequest;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/**
 * Sends what the client of STS asks to the stand-in: the SDK knows no variable for that.
 *
 * <p>It is found by the name of its resource, com/amazonaws/services/securitytoken/request
 * .handler2s, as every handler that a program adds.
 */
public final class Services extends RequestHandler2 {
  static volatile Map<String, String> addresses;
  /** The role that was asked for last. */
  static volatile String role;

  @Override
  public void beforeRequest(Request<?> request) {
    Object original = request.getOriginalRequest();
    Map<String, String> parameters = new HashMap<>();
    if (original instanceof AssumeRoleRequest) {
      AssumeRoleRequest asked = (AssumeRoleRequest) original;
      parameters.put("RoleArn", asked.getRoleArn());
      parameters.put("RoleSessionName", asked.getRoleSessionName());
      parameters.put("ExternalId", asked.getExternalId());
    } else if (original instanceof AssumeRoleWithWebIdentityRequest) {
      AssumeRoleWithWebIdentityRequest asked = (AssumeRoleWithWebIdentityRequest) original;
      parameters.put("RoleArn", asked.getRoleArn());
      parameters.put("RoleSessionName", asked.getRoleSessionName());
      String token = asked.getWebIdentityToken();
      parameters.put("WebIdentityToken", token == null ? "" : token);
    }
    role = parameters.get("RoleArn");
    if (Limits.refusal(parameters) != null) {
      AmazonServiceException refused = new AmazonServiceException("a parameter is refused");
      refused.setStatusCode(400);
      refused.setErrorCode("ValidationError");
      throw refused;
    }
    request.setEndpoint(URI.create(addresses.get("sts")));
  }
}
