//! The names and parameters by which Pulsar's Java clients configure authentication.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use super::{Authentication, BasicCredentials, OAuth2, OAuth2Config, TokenSource};
use crate::config::TlsIdentity;
use crate::error::Error;

impl Authentication {
    /// From `brokerClientAuthenticationPlugin` and `brokerClientAuthenticationParameters` of a Pulsar or KoP
    /// configuration. The plugin is the Java class or its short name; the forms of the parameters are Java's.
    ///
    /// | plugin | parameters |
    /// |---|---|
    /// | (empty) | |
    /// | `…AuthenticationToken`, `token` | `token:T`, `file:///path`, `env:NAME`, `{"token":"T"}`, or the token itself |
    /// | `…AuthenticationBasic`, `basic` | `{"userId":"U","password":"P"}` or `userId:U,password:P` |
    /// | `…AuthenticationTls`, `tls` | `tlsCertFile:/path,tlsKeyFile:/path` or the same as JSON |
    /// | `…oauth2.AuthenticationOAuth2`, `oauth2` | `{"issuerUrl":"…","privateKey":"file:///path","audience":"…","scope":"…"}` |
    ///
    /// # Errors
    ///
    /// [`Error::Config`] for other plugins, and for parameters that are missing or have another form.
    pub fn from_plugin(plugin: &str, parameters: &str) -> Result<Self, Error> {
        let name = plugin.rsplit('.').next().unwrap_or_default();
        match name {
            "" | "AuthenticationDisabled" | "none" => Ok(Self::None),
            "AuthenticationToken" | "token" => Ok(Self::Token(token(parameters)?)),
            "AuthenticationBasic" | "basic" => {
                let mut map = Parameters::parse(plugin, parameters)?;
                Ok(Self::Basic(BasicCredentials {
                    user: map.take("userId")?,
                    password: map.take("password")?,
                }))
            }
            "AuthenticationTls" | "tls" => {
                let mut map = Parameters::parse(plugin, parameters)?;
                Ok(Self::Tls(TlsIdentity {
                    certificates: PathBuf::from(map.take("tlsCertFile")?),
                    key: PathBuf::from(map.take("tlsKeyFile")?),
                }))
            }
            "AuthenticationOAuth2" | "oauth2" => {
                let mut map = Parameters::parse(plugin, parameters)?;
                if let Some(flow) = map.optional("type")
                    && flow != "client_credentials"
                {
                    return Err(wrong(
                        plugin,
                        format!("type {flow:?}; client_credentials is what there is"),
                    ));
                }
                Ok(Self::OAuth2(Arc::new(OAuth2::new(OAuth2Config {
                    issuer_url: map.take("issuerUrl")?,
                    private_key: map.take("privateKey")?,
                    audience: map.optional("audience"),
                    scope: map.optional("scope"),
                    trust_certs: map.optional("trustCertsFilePath").map(PathBuf::from),
                }))))
            }
            _ => Err(wrong(
                plugin,
                "the plugins are none, token, basic, tls and oauth2",
            )),
        }
    }
}

fn wrong(plugin: &str, reason: impl std::fmt::Display) -> Error {
    Error::config(format!("authentication plugin {plugin:?}"), reason)
}

fn token(parameters: &str) -> Result<TokenSource, Error> {
    let parameters = parameters.trim();
    if let Some(path) = parameters.strip_prefix("file:") {
        return Ok(TokenSource::File(file_path(path)));
    }
    if let Some(name) = parameters.strip_prefix("env:") {
        return Ok(TokenSource::Environment(name.to_owned()));
    }
    let literal = if parameters.starts_with('{') {
        Parameters::parse("token", parameters)?.take("token")?
    } else {
        parameters
            .strip_prefix("token:")
            .unwrap_or(parameters)
            .to_owned()
    };
    if literal.is_empty() {
        return Err(wrong("token", "the token is empty"));
    }
    Ok(TokenSource::Literal(literal))
}

/// The path of a `file:` URL without its scheme: `///path`, `/path`, or a relative one.
pub(super) fn file_path(rest: &str) -> PathBuf {
    PathBuf::from(rest.strip_prefix("//").unwrap_or(rest))
}

/// `{"key":"value"}` or `key:value,key:value`.
struct Parameters<'a> {
    plugin: &'a str,
    map: BTreeMap<String, String>,
}

impl<'a> Parameters<'a> {
    fn parse(plugin: &'a str, text: &str) -> Result<Self, Error> {
        let map = if text.trim_start().starts_with('{') {
            let map: BTreeMap<String, Value> = serde_json::from_str(text)
                .map_err(|error| wrong(plugin, format!("parameters: {error}")))?;
            map.into_iter()
                .map(|(key, value)| match value {
                    Value::String(value) => (key, value),
                    other => (key, other.to_string()),
                })
                .collect()
        } else {
            text.split(',')
                .filter_map(|pair| pair.split_once(':'))
                .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
                .collect()
        };
        Ok(Self { plugin, map })
    }

    fn take(&mut self, key: &str) -> Result<String, Error> {
        self.optional(key)
            .ok_or_else(|| wrong(self.plugin, format!("parameter {key} is missing")))
    }

    fn optional(&mut self, key: &str) -> Option<String> {
        self.map.remove(key).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PREFIX: &str = "org.apache.pulsar.client.impl.auth.";

    fn parse(name: &str, parameters: &str) -> Result<Authentication, Error> {
        Authentication::from_plugin(&format!("{PREFIX}{name}"), parameters)
    }

    #[test]
    fn tokens_come_in_javas_forms() {
        let source = |parameters: &str| match parse("AuthenticationToken", parameters) {
            Ok(Authentication::Token(TokenSource::Literal(token))) => token,
            Ok(Authentication::Token(TokenSource::File(path))) => format!("at {}", path.display()),
            Ok(Authentication::Token(TokenSource::Environment(name))) => format!("${name}"),
            other => panic!("{other:?}"),
        };
        assert_eq!(source("token:a.b.c"), "a.b.c");
        assert_eq!(source("a.b.c"), "a.b.c");
        assert_eq!(source(r#"{"token":"a.b.c"}"#), "a.b.c");
        assert_eq!(source("file:///etc/token"), "at /etc/token");
        assert_eq!(source("env:TOKEN"), "$TOKEN");
        assert!(parse("AuthenticationToken", "").is_err());
    }

    #[test]
    fn maps_come_as_json_or_as_pairs() {
        for text in [r#"{"userId":"u","password":"p"}"#, "userId:u, password:p"] {
            match parse("AuthenticationBasic", text) {
                Ok(Authentication::Basic(basic)) => {
                    assert_eq!((basic.user.as_str(), basic.password.as_str()), ("u", "p"));
                }
                other => panic!("{other:?}"),
            }
        }
        match parse("AuthenticationTls", "tlsCertFile:/c.pem,tlsKeyFile:/k.pem") {
            Ok(Authentication::Tls(identity)) => assert_eq!(identity.key, PathBuf::from("/k.pem")),
            other => panic!("{other:?}"),
        }
        assert!(parse("AuthenticationBasic", r#"{"userId":"u"}"#).is_err());
        assert!(parse("AuthenticationBasic", "{").is_err());
    }

    #[test]
    fn what_is_unknown_is_refused() {
        assert!(parse("AuthenticationAthenz", "{}").is_err());
        let device = r#"{"type":"device","issuerUrl":"https://i","privateKey":"file:///k"}"#;
        assert!(parse("oauth2.AuthenticationOAuth2", device).is_err());
    }

    #[test]
    fn secrets_are_not_shown() {
        let token = parse("AuthenticationToken", "token:secret").unwrap();
        let basic = parse("AuthenticationBasic", "userId:u,password:secret").unwrap();
        assert!(!format!("{token:?} {basic:?}").contains("secret"));
    }
}
