//! Who we are: what goes into the handshake with a broker and into the headers for the admin REST.

use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use crate::config::TlsIdentity;
use crate::error::Error;

mod oauth2;
mod plugin;

pub use oauth2::{OAuth2, OAuth2Config};

/// How this client shows who it is. See [`Authentication::from_plugin`] for the names that Java clients use.
#[derive(Clone, Debug, Default)]
pub enum Authentication {
    /// Not at all.
    #[default]
    None,
    /// A token, such as a JWT.
    Token(TokenSource),
    /// A name and a password.
    Basic(BasicCredentials),
    /// Client credentials that are exchanged for a token.
    OAuth2(Arc<OAuth2>),
    /// A client certificate. Has its effect on TLS connections.
    Tls(TlsIdentity),
}

/// Where a token comes from.
#[derive(Clone)]
pub enum TokenSource {
    /// The token itself.
    Literal(String),
    /// A file, read anew for every handshake, so that the token can be replaced in place.
    File(PathBuf),
    /// An environment variable.
    Environment(String),
}

impl std::fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Literal(_) => f.write_str("Literal(..)"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Environment(name) => f.debug_tuple("Environment").field(name).finish(),
        }
    }
}

/// A name and a password.
#[derive(Clone)]
pub struct BasicCredentials {
    /// The name.
    pub user: String,
    /// The password.
    pub password: String,
}

impl std::fmt::Debug for BasicCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BasicCredentials")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

impl Authentication {
    /// The name of the method in Pulsar's handshake. OAuth 2 ends in a token.
    pub fn method(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Token(_) | Self::OAuth2(_) => "token",
            Self::Basic(_) => "basic",
            Self::Tls(_) => "tls",
        }
    }

    /// What the handshake carries.
    pub(crate) async fn data(&self) -> Result<Bytes, Error> {
        Ok(match self {
            Self::None | Self::Tls(_) => Bytes::new(),
            Self::Token(source) => source.token().await?.into(),
            Self::Basic(basic) => format!("{}:{}", basic.user, basic.password).into(),
            Self::OAuth2(oauth2) => oauth2.token().await?.into(),
        })
    }

    /// What to show instead of `used`, which was refused or has expired: the same if there is nothing else.
    pub(crate) async fn renewed(&self, used: &Bytes) -> Result<Bytes, Error> {
        if let Self::OAuth2(oauth2) = self {
            oauth2.forget(used);
        }
        self.data().await
    }

    /// The value of the header `Authorization` that shows `data`; None when there is none.
    pub(crate) fn header(&self, data: &Bytes) -> Option<String> {
        match self {
            Self::None | Self::Tls(_) => None,
            Self::Token(_) | Self::OAuth2(_) => {
                Some(format!("Bearer {}", String::from_utf8_lossy(data)))
            }
            Self::Basic(_) => Some(format!("Basic {}", STANDARD.encode(data))),
        }
    }
}

impl TokenSource {
    async fn token(&self) -> Result<String, Error> {
        match self {
            Self::Literal(token) => Ok(token.clone()),
            Self::File(path) => {
                let path = path.clone();
                let read = crate::blocking(move || {
                    std::fs::read_to_string(&path).map_err(|error| {
                        Error::Authentication(format!("{}: {error}", path.display()))
                    })
                });
                Ok(read.await?.trim().to_owned())
            }
            Self::Environment(name) => std::env::var(name).map_err(|error| {
                Error::Authentication(format!("environment variable {name}: {error}"))
            }),
        }
    }
}
