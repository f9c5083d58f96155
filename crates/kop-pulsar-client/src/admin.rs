//! The admin REST: what the binary protocol cannot do.

use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::address::Address;
use crate::auth::Authentication;
use crate::config::ClientConfig;
use crate::error::Error;
use crate::http::{Http, Request, Response, Url, encode};

mod brokers;
mod namespaces;
mod policies;
mod positions;
mod topics;

pub use namespaces::{AutoTopicCreation, TenantInfo};
pub use policies::Retention;
pub use positions::{EntryInfo, InternalStats, LedgerInfo};

/// As many as a request takes from any broker to the one that owns the topic, and some.
const MAX_REDIRECTS: usize = 10;

const JSON: &str = "application/json";

/// Typed calls of the admin REST. A topic is `persistent://tenant/namespace/topic` or the same without its domain, a
/// namespace `tenant/namespace`.
///
/// A call goes to the admin URLs in turn until one can be connected to. What exists not is [`Error::is_not_found`], what
/// exists already [`Error::is_conflict`]. Dropping a call's future does not take back what the broker has begun.
#[derive(Debug)]
pub struct Admin {
    addresses: Vec<Address>,
    /// The address that worked last.
    current: AtomicUsize,
    http: Http,
    authentication: Authentication,
}

/// What a request carries.
enum Body<'a, T: ?Sized> {
    Nothing,
    Json(&'a T),
    /// JSON of a type of its own.
    Typed(&'static str, &'a T),
}

/// For requests without a body.
const NOTHING: Body<'static, ()> = Body::Nothing;

impl Admin {
    pub(crate) fn new(addresses: Vec<Address>, config: &ClientConfig) -> Self {
        Self {
            addresses,
            current: AtomicUsize::new(0),
            http: Http::new(config.tls.clone(), config.operation_timeout),
            authentication: config.authentication.clone(),
        }
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        let response = self.call("GET", path, NOTHING).await?;
        parse(&response.body)
    }

    /// None for what does not exist, or is not set.
    async fn find<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, Error> {
        match self.call("GET", path, NOTHING).await {
            // Policies that are not set are answered with 204 or with an empty body.
            Ok(response) if response.body.is_empty() => Ok(None),
            Ok(response) => parse(&response.body),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sets something that may be unset (None).
    async fn set<T: Serialize>(
        &self,
        method: &'static str,
        path: &str,
        value: Option<T>,
    ) -> Result<(), Error> {
        match value {
            Some(value) => self.change(method, path, Body::Json(&value)).await,
            None => self.change("DELETE", path, NOTHING).await,
        }
    }

    async fn change<T: Serialize + ?Sized>(
        &self,
        method: &'static str,
        path: &str,
        body: Body<'_, T>,
    ) -> Result<(), Error> {
        self.call(method, path, body).await.map(drop)
    }

    async fn call<T: Serialize + ?Sized>(
        &self,
        method: &'static str,
        path: &str,
        body: Body<'_, T>,
    ) -> Result<Response, Error> {
        let (content_type, body) = match body {
            Body::Nothing => (JSON, Ok(Vec::new())),
            Body::Json(value) => (JSON, serde_json::to_vec(value)),
            Body::Typed(content_type, value) => (content_type, serde_json::to_vec(value)),
        };
        let body = Bytes::from(body.map_err(|error| Error::config(path, error))?);
        let data = self.authentication.data().await?;
        let headers = |data: &Bytes| self.headers(content_type, data);
        let mut response = self
            .follow(method, path, headers(&data), body.clone())
            .await?;
        if response.status == 401 {
            // What we show may have expired, or been replaced. Nothing was done, so once more can do no harm.
            let other = self.authentication.renewed(&data).await?;
            if other != data {
                response = self.follow(method, path, headers(&other), body).await?;
            }
        }
        if (200..300).contains(&response.status) {
            return Ok(response);
        }
        Err(refused(method, path, &response))
    }

    fn headers(&self, content_type: &str, data: &Bytes) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("accept", JSON.to_owned()),
            ("content-type", content_type.to_owned()),
        ];
        if let Some(value) = self.authentication.header(data) {
            let method = self.authentication.method().to_owned();
            headers.push(("authorization", value));
            headers.push(("x-pulsar-auth-method-name", method));
        }
        headers
    }

    /// Sends a request to an address that can be connected to, and after that wherever brokers say.
    async fn follow(
        &self,
        method: &'static str,
        path: &str,
        headers: Vec<(&'static str, String)>,
        body: Bytes,
    ) -> Result<Response, Error> {
        let first = self.current.load(Ordering::Relaxed);
        let mut failed = None;
        for step in 0..self.addresses.len() {
            let at = (first + step) % self.addresses.len();
            let mut request = Request {
                method,
                url: Url {
                    address: self.addresses[at].clone(),
                    path: path.to_owned(),
                },
                headers: headers.clone(),
                body: body.clone(),
            };
            for _ in 0..MAX_REDIRECTS {
                match self.http.send(request.clone()).await {
                    Ok(response) => {
                        self.current.store(at, Ordering::Relaxed);
                        let Some(location) = response.location() else {
                            return Ok(response);
                        };
                        request.url = Url::parse(location)?;
                    }
                    // Nothing was sent: another broker may do.
                    Err(error @ Error::Connect { .. }) => {
                        failed = Some(error);
                        break;
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        Err(failed.unwrap_or_else(|| match self.addresses.is_empty() {
            true => Error::config("admin URLs", "there is none"),
            false => Error::ServiceNotReady(format!(
                "{path} was redirected more than {MAX_REDIRECTS} times"
            )),
        }))
    }
}

fn refused(method: &'static str, path: &str, response: &Response) -> Error {
    let reason = reason(&response.body);
    match response.status {
        401 => Error::Authentication(reason),
        403 => Error::Authorization(reason),
        status => Error::Admin {
            method,
            path: path.split('?').next().unwrap_or_default().to_owned(),
            status,
            reason,
        },
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(body)
        .map_err(|error| Error::malformed("admin REST answer", error.to_string()))
}

/// Pulsar's own words, without the stack trace or the page that may be around them.
fn reason(body: &[u8]) -> String {
    #[derive(serde::Deserialize)]
    struct Reason {
        reason: String,
    }
    let text = match serde_json::from_slice::<Reason>(body) {
        Ok(Reason { reason }) => reason,
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    };
    let message = text.lines().find_map(|line| line.strip_prefix("Message: "));
    message.unwrap_or(&text).chars().take(300).collect()
}

/// `/admin/v2/namespaces/tenant/namespace`.
fn namespace_path(namespace: &str) -> Result<String, Error> {
    match namespace.split_once('/') {
        Some((tenant, name)) if !tenant.is_empty() && !name.is_empty() && !name.contains('/') => {
            Ok(format!(
                "/admin/v2/namespaces/{}/{}",
                encode(tenant),
                encode(name)
            ))
        }
        _ => Err(Error::config(
            format!("namespace {namespace:?}"),
            "it is not tenant/namespace",
        )),
    }
}

/// `/admin/v2/persistent/tenant/namespace/topic`.
fn topic_path(topic: &str) -> Result<String, Error> {
    let wrong = || {
        Error::config(
            format!("topic {topic:?}"),
            "it is not persistent://tenant/namespace/topic",
        )
    };
    let name = topic.strip_prefix("persistent://").unwrap_or(topic);
    let mut parts = name
        .splitn(3, '/')
        .map(|part| (!part.is_empty()).then(|| encode(part)));
    let mut part = || parts.next().flatten().ok_or_else(wrong);
    let (tenant, namespace, name) = (part()?, part()?, part()?);
    if name.contains("%3A%2F%2F") || tenant.contains("%3A") {
        return Err(wrong());
    }
    Ok(format!("/admin/v2/persistent/{tenant}/{namespace}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_paths() {
        let path = "/admin/v2/persistent/t/n/a%20b%2Fc-partition-0";
        assert_eq!(
            topic_path("persistent://t/n/a b/c-partition-0").unwrap(),
            path
        );
        assert_eq!(topic_path("t/n/a b/c-partition-0").unwrap(), path);
        assert_eq!(namespace_path("t/n").unwrap(), "/admin/v2/namespaces/t/n");
        for wrong in [
            "",
            "t",
            "t/n",
            "t/n/",
            "non-persistent://t/n/x",
            "persistent://t//x",
        ] {
            assert!(topic_path(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "t", "t/", "/n", "t/n/x"] {
            assert!(namespace_path(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn reasons_are_pulsars_words() {
        assert_eq!(reason(br#"{"reason":"no such topic"}"#), "no such topic");
        assert_eq!(reason(b"plain"), "plain");
        let trace = br#"{"reason":"\n --- An unexpected error ---\n\nMessage: out of entries\n\nStacktrace:\n"}"#;
        assert_eq!(reason(trace), "out of entries");
    }
}
