//! OAuth 2 client credentials (RFC 6749 §4.4), configured as Pulsar's clients are.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use parking_lot::Mutex;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::plugin::file_path;
use crate::config::TlsConfig;
use crate::error::Error;
use crate::http::{Http, Request, Response, Url, encode};

/// For each of the two requests that a token takes.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A token is replaced when this share of its life is over, so that it does not end on its way.
const LIFE_USED: f64 = 0.9;

/// What is refused so soon after it was given would be refused again.
const NEW: Duration = Duration::from_secs(1);

/// Bytes of an answer that is not JSON, such as a gateway's page, that an error shows.
const MAX_REASON: usize = 300;

/// Where tokens come from.
#[derive(Clone, Debug)]
pub struct OAuth2Config {
    /// The issuer: `/.well-known/openid-configuration` below it names the token endpoint.
    pub issuer_url: String,
    /// The credentials file, JSON with `client_id` and `client_secret`: `file:///path`, a path, or
    /// `data:application/json;base64,…`.
    pub private_key: String,
    /// The audience to ask for.
    pub audience: Option<String>,
    /// The scope to ask for.
    pub scope: Option<String>,
    /// PEM file of the authorities that sign the issuer's certificate. None: those of the operating system.
    pub trust_certs: Option<PathBuf>,
}

/// Client credentials, and the token that was had for them.
#[derive(Debug)]
pub struct OAuth2 {
    config: OAuth2Config,
    http: Http,
    cached: Mutex<Option<Cached>>,
    /// Whoever holds it asks for a token; the others wait for that one.
    asking: tokio::sync::Mutex<()>,
}

struct Cached {
    token: String,
    since: Instant,
    until: Instant,
}

impl std::fmt::Debug for Cached {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cached")
            .field("until", &self.until)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Metadata {
    token_endpoint: String,
}

#[derive(Deserialize)]
struct Credentials {
    client_id: String,
    client_secret: String,
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    expires_in: Option<f64>,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
    error_description: Option<String>,
}

impl OAuth2 {
    /// Credentials that were not used yet; nothing is read or sent.
    pub fn new(config: OAuth2Config) -> Self {
        let tls = TlsConfig {
            trust_certs: config.trust_certs.clone(),
            ..TlsConfig::default()
        };
        Self {
            config,
            http: Http::new(tls, TIMEOUT),
            cached: Mutex::new(None),
            asking: tokio::sync::Mutex::new(()),
        }
    }

    /// A token with some life left in it.
    pub(super) async fn token(&self) -> Result<String, Error> {
        if let Some(token) = self.kept() {
            return Ok(token);
        }
        let _asking = self.asking.lock().await;
        if let Some(token) = self.kept() {
            return Ok(token);
        }
        let began = Instant::now();
        let answer = self.ask().await?;
        let life = answer.expires_in.unwrap_or(0.0).clamp(0.0, 1e9) * LIFE_USED;
        *self.cached.lock() = Some(Cached {
            token: answer.access_token.clone(),
            since: began,
            until: began + Duration::from_secs_f64(life),
        });
        Ok(answer.access_token)
    }

    fn kept(&self) -> Option<String> {
        let cached = self.cached.lock();
        let live = cached.as_ref().filter(|it| it.until > Instant::now())?;
        Some(live.token.clone())
    }

    /// This token was refused. A newer one, which somebody else has got meanwhile, is kept; so is one that was new: the
    /// provider is not asked all the time for those who may not do what they try.
    pub(super) fn forget(&self, token: &[u8]) {
        let mut cached = self.cached.lock();
        let old = |it: &Cached| it.token.as_bytes() == token && it.since.elapsed() >= NEW;
        if cached.as_ref().is_some_and(old) {
            *cached = None;
        }
    }

    async fn ask(&self) -> Result<Answer, Error> {
        let credentials = self.credentials().await?;
        let credentials: Credentials = serde_json::from_slice(&credentials)
            .map_err(|error| failed(format!("credentials: {error}")))?;
        let issuer = self.config.issuer_url.trim_end_matches('/');
        let discovery = format!("{issuer}/.well-known/openid-configuration");
        let request = Request::get(Url::parse(&discovery)?);
        let metadata: Metadata = self.send(&discovery, request).await?;
        let mut form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}",
            encode(&credentials.client_id),
            encode(&credentials.client_secret)
        );
        let options = [
            ("audience", &self.config.audience),
            ("scope", &self.config.scope),
        ];
        for (name, value) in options {
            if let Some(value) = value {
                form.push_str(&format!("&{name}={}", encode(value)));
            }
        }
        let request = Request {
            method: "POST",
            url: Url::parse(&metadata.token_endpoint)?,
            headers: vec![(
                "content-type",
                "application/x-www-form-urlencoded".to_owned(),
            )],
            body: Bytes::from(form),
        };
        self.send(&metadata.token_endpoint, request).await
    }

    async fn send<T: DeserializeOwned>(&self, url: &str, request: Request) -> Result<T, Error> {
        match self.http.send(request).await {
            Ok(response) => answer(url, &response),
            Err(error) => Err(Error::IdentityProvider {
                url: url.to_owned(),
                reason: error.to_string(),
                retriable: error.is_retriable(),
            }),
        }
    }

    async fn credentials(&self) -> Result<Bytes, Error> {
        let source = self.config.private_key.as_str();
        if let Some(data) = source.strip_prefix("data:") {
            let encoded = data
                .split_once(";base64,")
                .ok_or_else(|| failed("privateKey: a data: URL needs ;base64,"))?;
            let decoded = STANDARD.decode(encoded.1);
            return decoded
                .map(Bytes::from)
                .map_err(|error| failed(format!("privateKey: {error}")));
        }
        let path = file_path(source.strip_prefix("file:").unwrap_or(source));
        crate::blocking(move || {
            std::fs::read(&path)
                .map(Bytes::from)
                .map_err(|error| failed(format!("{}: {error}", path.display())))
        })
        .await
    }
}

/// What a 200 carries; of anything else the provider's own words, which need not be JSON.
fn answer<T: DeserializeOwned>(url: &str, response: &Response) -> Result<T, Error> {
    let (status, body) = (response.status, &response.body);
    if status == 200 {
        return serde_json::from_slice(body)
            .map_err(|error| failed(format!("the answer of {url}: {error}")));
    }
    let reason = match serde_json::from_slice(body) {
        Ok(Refusal {
            error,
            error_description,
        }) => format!("{error} {}", error_description.unwrap_or_default()),
        Err(_) => String::from_utf8_lossy(&body[..body.len().min(MAX_REASON)]).into_owned(),
    };
    let reason: Vec<_> = reason.split_whitespace().collect();
    Err(Error::IdentityProvider {
        url: url.to_owned(),
        reason: format!("status {status}: {}", reason.join(" ")),
        retriable: matches!(status, 408 | 429 | 500 | 502..=504),
    })
}

fn failed(reason: impl Into<String>) -> Error {
    Error::Authentication(format!("OAuth 2: {}", reason.into()))
}
