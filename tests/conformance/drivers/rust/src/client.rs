//! The HTTP client that the SDK is given: the SDK's own one, which reaches this machine alone.

use std::io::{Error, ErrorKind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep, TokioSleep};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use serde_json::{json, Value};

/// What AWS services were asked: action, role, and the end of the key id that signed.
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Mutex<Vec<Value>>>);

impl Log {
    pub fn entries(&self) -> Vec<Value> {
        self.0.lock().map(|entries| entries.clone()).unwrap_or_default()
    }

    fn note(&self, request: &HttpRequest) {
        let body = request.body().bytes().unwrap_or_default();
        let body = String::from_utf8_lossy(body);
        let field = |name: &str| {
            body.split('&')
                .find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
                .map(decoded)
        };
        let signer = request.headers().get("authorization").and_then(|header| {
            let id = header.split("Credential=").nth(1)?.split('/').next()?;
            Some(id[id.len().saturating_sub(4)..].to_owned())
        });
        let path = request.uri().splitn(4, '/').nth(3).unwrap_or_default();
        let action = field("Action").unwrap_or_else(|| match path.split('?').next() {
            Some("federation/credentials") => "GetRoleCredentials".to_owned(),
            Some("token") => "CreateToken".to_owned(),
            Some("v1/token") => "CreateOAuth2Token".to_owned(),
            _ => String::new(),
        });
        if let (false, Ok(mut entries)) = (action.is_empty(), self.0.lock()) {
            entries.push(json!({ "action": action, "role": field("RoleArn"), "signer": signer }));
        }
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
        self.log.note(&request);
        let authority = request.uri().split('/').nth(2).unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        if ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| host.starts_with(name)) {
            return self.inner.call(request);
        }
        let refused = Error::new(ErrorKind::ConnectionRefused, format!("{host} is out of reach"));
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
