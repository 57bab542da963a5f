//! The HTTP client that the SDK is given: the SDK's own one, which reaches this machine alone.
//!
//! Of the services that stand in for AWS it adds what they let pass and AWS refuses: parameters
//! that are shorter than the API reference allows, and an expired token of Identity Center.

use std::io::{Error, ErrorKind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep, TokioSleep};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use serde_json::{json, Value};

/// What AWS services were asked: action, role, and the end of the key id that signed.
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Mutex<Vec<Value>>>);

impl Log {
    pub fn entries(&self) -> Vec<Value> {
        self.0
            .lock()
            .map(|entries| entries.clone())
            .unwrap_or_default()
    }

    fn note(&self, asked: &Asked) {
        if let (false, Ok(mut entries)) = (asked.action.is_empty(), self.0.lock()) {
            entries.push(json!({
                "action": asked.action,
                "role": asked.parameter("RoleArn").or_else(|| asked.parameter("role_name")),
                "signer": asked.signer,
            }));
        }
    }
}

/// A request to a service, as far as it matters here.
struct Asked {
    action: String,
    parameters: Vec<(String, String)>,
    signer: Option<String>,
    bearer: Option<String>,
}

/// The shortest values that AWS takes (API references of STS).
const SHORTEST: [(&str, usize); 4] = [
    ("RoleArn", 20),
    ("RoleSessionName", 2),
    ("ExternalId", 2),
    ("WebIdentityToken", 4),
];

impl Asked {
    fn of(request: &HttpRequest) -> Self {
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        let path = request.uri().splitn(4, '/').nth(3).unwrap_or_default();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let parameters: Vec<_> = (if query.is_empty() {
            body.as_str()
        } else {
            query
        })
        .split('&')
        .filter_map(|part| part.split_once('='))
        .map(|(name, value)| (name.to_owned(), decoded(value)))
        .collect();
        let signer = request.headers().get("authorization").and_then(|header| {
            let id = header.split("Credential=").nth(1)?.split('/').next()?;
            Some(id[id.len().saturating_sub(4)..].to_owned())
        });
        let bearer = request
            .headers()
            .get("x-amz-sso_bearer_token")
            .map(str::to_owned);
        let mut asked = Self {
            action: String::new(),
            parameters,
            signer,
            bearer,
        };
        asked.action = asked.parameter("Action").unwrap_or_else(|| match path {
            "federation/credentials" => "GetRoleCredentials".to_owned(),
            "token" => "CreateToken".to_owned(),
            "v1/token" => "CreateOAuth2Token".to_owned(),
            _ => String::new(),
        });
        asked
    }

    fn parameter(&self, name: &str) -> Option<String> {
        let found = self.parameters.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone())
    }

    fn refusal(&self) -> Option<HttpResponse> {
        if self.bearer.as_deref() == Some("expired") {
            let status = StatusCode::try_from(401).ok()?;
            let mut response = HttpResponse::new(status, "{}".into());
            response
                .headers_mut()
                .insert("x-amzn-errortype", "UnauthorizedException");
            return Some(response);
        }
        let short = |(name, least): &(&str, usize)| {
            self.parameter(name)
                .is_some_and(|value| value.chars().count() < *least)
        };
        if self.action.starts_with("AssumeRole") && SHORTEST.iter().any(short) {
            let text = "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code>\
                        <Message>too short</Message></Error></ErrorResponse>";
            return Some(HttpResponse::new(
                StatusCode::try_from(400).ok()?,
                text.into(),
            ));
        }
        None
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let digits: String = rest.by_ref().take(2).map(char::from).collect();
                bytes.push(u8::from_str_radix(&digits, 16).unwrap_or(b'?'));
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Returns the SDK's own client, plain HTTP, in front of which other machines refuse at once.
pub fn loopback_only(log: Log) -> SharedHttpClient {
    let inner = aws_smithy_http_client::Builder::new().build_http();
    SharedHttpClient::new(LoopbackOnly { inner, log })
}

#[derive(Debug)]
struct LoopbackOnly {
    inner: SharedHttpClient,
    log: Log,
}

impl HttpClient for LoopbackOnly {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Guard {
            inner: self.inner.http_connector(settings, components),
            log: self.log.clone(),
        })
    }
}

#[derive(Debug)]
struct Guard {
    inner: SharedHttpConnector,
    log: Log,
}

impl HttpConnector for Guard {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let asked = Asked::of(&request);
        self.log.note(&asked);
        if let Some(refusal) = asked.refusal() {
            return HttpConnectorFuture::ready(Ok(refusal));
        }
        let authority = request.uri().split('/').nth(2).unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        if ["127.0.0.1", "localhost", "[::1]"]
            .iter()
            .any(|name| host.starts_with(name))
        {
            return self.inner.call(request);
        }
        let refused = Error::new(
            ErrorKind::ConnectionRefused,
            format!("{host} is out of reach"),
        );
        HttpConnectorFuture::ready(Err(ConnectorError::io(refused.into())))
    }
}

/// Leaves out the pauses between two attempts, which are random and so never whole milliseconds,
/// and keeps all time-outs, which are whole seconds.
#[derive(Debug, Default)]
pub struct NoBackoff(TokioSleep);

impl AsyncSleep for NoBackoff {
    fn sleep(&self, duration: Duration) -> Sleep {
        let whole = duration.subsec_nanos() % 1_000_000 == 0;
        self.0.sleep(if whole { duration } else { Duration::ZERO })
    }
}
