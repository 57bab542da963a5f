//! Resolves credentials and region with the real AWS SDK for Rust, one set-up per line of input.
//!
//! Every set-up gets a child process of this program with nothing but its own environment and
//! its own working directory. A verdict is one line of JSON and names no secret: of key ids the
//! last four characters where a request was signed with them.

mod client;

use std::io::{BufRead, Read, Write};
use std::process::{Command, Stdio};

use aws_config::{BehaviorVersion, ConfigLoader};
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::Credentials;
use serde_json::{json, Value};

const CHILD: &str = "--one";

fn main() {
    if std::env::args().any(|argument| argument == CHILD) {
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .expect("a set-up");
        println!("{}", judge(&serde_json::from_str(&text).expect("JSON")));
        return;
    }
    say(&json!({ "ready": format!("aws-config {}", locked_version()) }));
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a line");
        say(&serve(&line).unwrap_or_else(|failure| json!({ "failure": failure })));
    }
}

/// The version that this program was built with.
fn locked_version() -> &'static str {
    let lock = include_str!("../Cargo.lock");
    lock.split("name = \"aws-config\"\nversion = \"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap_or("unknown")
}

fn say(verdict: &Value) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{verdict}").expect("a reader");
    out.flush().expect("a reader");
}

/// Runs one set-up in a process of its own.
fn serve(line: &str) -> Result<Value, String> {
    let setup: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let environment = setup["env"].as_object().ok_or("no environment")?;
    let mut child = Command::new(std::env::current_exe().map_err(|error| error.to_string())?)
        .arg(CHILD)
        .env_clear()
        .envs(
            environment
                .iter()
                .map(|(name, value)| (name, value.as_str().unwrap_or_default())),
        )
        .current_dir(setup["cwd"].as_str().ok_or("no working directory")?)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let mut input = child.stdin.take().ok_or("no input")?;
    input
        .write_all(line.as_bytes())
        .map_err(|error| error.to_string())?;
    drop(input);
    let output = child
        .wait_with_output()
        .map_err(|error| error.to_string())?;
    serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn judge(setup: &Value) -> Value {
    std::panic::set_hook(Box::new(|_| {}));
    let profile = setup["profile"].as_str();
    let log = client::Log::default();
    let mut verdict = match std::panic::catch_unwind(|| run(profile, &log)) {
        Ok(verdict) => verdict,
        Err(panic) => json!({
            "error": "panic",
            "message": panic.downcast_ref::<String>().cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|text| text.to_string())),
        }),
    };
    verdict["requests"] = Value::Array(log.entries());
    verdict
}

fn run(profile: Option<&str>, log: &client::Log) -> Value {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let verdict = runtime.block_on(resolve(profile, log));
    // A look-up of a host name may still be waiting; nobody needs its answer.
    runtime.shutdown_background();
    verdict
}

async fn resolve(profile: Option<&str>, log: &client::Log) -> Value {
    let mut loader: ConfigLoader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(client::loopback_only(log.clone()))
        .sleep_impl(client::NoBackoff::default());
    if let Some(name) = profile {
        loader = loader.profile_name(name);
    }
    let config = loader.load().await;
    let region = config.region().map(|region| region.as_ref().to_owned());
    let provider = config.credentials_provider().expect("the default chain");
    match provider.provide_credentials().await {
        Ok(credentials) => json!({
            "method": given_by(&credentials),
            "features": features(&credentials),
            "key": credentials.access_key_id(),
            "token": credentials.session_token().is_some(),
            "account": credentials.account_id().map(|account| account.as_str()),
            "region": region,
        }),
        Err(CredentialsError::CredentialsNotLoaded(_)) => json!({ "region": region }),
        Err(error) => json!({
            "error": kind(&error),
            "message": causes(&error).join(" > "),
            "region": region,
        }),
    }
}

/// The provider's name is not public, but the text for people begins with it.
fn given_by(credentials: &Credentials) -> String {
    let text = format!("{credentials:?}");
    text.split('"').nth(1).unwrap_or_default().to_owned()
}

fn features(credentials: &Credentials) -> Vec<String> {
    use aws_credential_types::credential_feature::AwsCredentialFeature;
    credentials
        .get_property::<Vec<AwsCredentialFeature>>()
        .map(|all| all.iter().map(|one| format!("{one:?}")).collect())
        .unwrap_or_default()
}

fn kind(error: &CredentialsError) -> &'static str {
    match error {
        CredentialsError::CredentialsNotLoaded(_) => "CredentialsNotLoaded",
        CredentialsError::ProviderTimedOut(_) => "ProviderTimedOut",
        CredentialsError::InvalidConfiguration(_) => "InvalidConfiguration",
        CredentialsError::ProviderError(_) => "ProviderError",
        CredentialsError::Unhandled(_) => "Unhandled",
        _ => "other",
    }
}

/// The texts of the error and of everything below it, outermost first.
fn causes(error: &CredentialsError) -> Vec<String> {
    let mut texts = vec![error.to_string()];
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        texts.push(cause.to_string());
        next = cause.source();
    }
    texts
}
