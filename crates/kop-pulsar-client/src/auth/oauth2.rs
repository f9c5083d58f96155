//! OAuth 2 client credentials (RFC 6749 §4.4), configured as Pulsar's clients are.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use parking_lot::Mutex;
use serde::Deserialize;

use super::plugin::file_path;
use crate::config::TlsConfig;
use crate::error::Error;
use crate::http::{Http, Request, Url, encode};

/// For each of the two requests that a token takes.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A token is replaced when this share of its life is over, so that it does not end on its way.
const LIFE_USED: f64 = 0.9;

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
}

struct Cached {
    token: String,
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
    access_token: Option<String>,
    expires_in: Option<f64>,
    error: Option<String>,
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
        }
    }

    /// A token with some life left in it.
    pub(super) async fn token(&self) -> Result<String, Error> {
        let now = Instant::now();
        if let Some(cached) = &*self.cached.lock()
            && cached.until > now
        {
            return Ok(cached.token.clone());
        }
        let answer = self.ask().await?;
        let token = answer
            .access_token
            .ok_or_else(|| failed("the answer has no access_token"))?;
        let life = answer.expires_in.unwrap_or(0.0).clamp(0.0, 1e9) * LIFE_USED;
        *self.cached.lock() = Some(Cached {
            token: token.clone(),
            until: now + Duration::from_secs_f64(life),
        });
        Ok(token)
    }

    /// The token was refused.
    pub(super) fn forget(&self) {
        *self.cached.lock() = None;
    }

    async fn ask(&self) -> Result<Answer, Error> {
        let credentials: Credentials = parse("credentials", &self.credentials().await?)?;
        let issuer = self.config.issuer_url.trim_end_matches('/');
        let url = Url::parse(&format!("{issuer}/.well-known/openid-configuration"))?;
        let response = self.http.send(Request::get(url)).await?;
        if response.status != 200 {
            return Err(failed(format!(
                "the issuer answers with status {}",
                response.status
            )));
        }
        let metadata: Metadata = parse("issuer's metadata", &response.body)?;
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
        let response = self.http.send(request).await?;
        let answer: Answer = parse("token endpoint's answer", &response.body)?;
        match &answer.error {
            None if response.status == 200 => Ok(answer),
            error => Err(failed(format!(
                "the token endpoint answers with status {}: {} {}",
                response.status,
                error.as_deref().unwrap_or_default(),
                answer.error_description.as_deref().unwrap_or_default()
            ))),
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

fn parse<'a, T: Deserialize<'a>>(what: &str, bytes: &'a [u8]) -> Result<T, Error> {
    serde_json::from_slice(bytes).map_err(|error| failed(format!("{what}: {error}")))
}

fn failed(reason: impl Into<String>) -> Error {
    Error::Authentication(format!("OAuth 2: {}", reason.into()))
}
