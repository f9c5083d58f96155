//! Looking a topic up: any broker knows, or names another one to ask.

use super::Client;
use crate::address::{self, Address};
use crate::connection::refused;
use crate::error::Error;
use crate::pool::Target;
use crate::proto::base_command::Command;
use crate::proto::{
    CommandLookupTopic, CommandLookupTopicResponse, command_lookup_topic_response::LookupType,
};

/// As many as Pulsar's own clients follow.
const MAX_REDIRECTS: usize = 20;

/// Who serves a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    pub(crate) target: Target,
}

impl Lookup {
    /// The broker, as `host:port`.
    pub fn broker(&self) -> String {
        match &self.target.proxy_to {
            Some(broker) => broker.clone(),
            None => self.target.address.to_string(),
        }
    }
}

impl Client {
    pub(super) async fn look_up(&self, topic: &str) -> Result<Lookup, Error> {
        let (service, mut connection) = self.service_connection().await?;
        let mut authoritative = false;
        for _ in 0..=MAX_REDIRECTS {
            let request = |request_id| {
                Command::LookupTopic(CommandLookupTopic {
                    topic: topic.to_owned(),
                    request_id,
                    authoritative: Some(authoritative),
                    advertised_listener_name: self.shared.config.listener_name.clone(),
                })
            };
            let limit = self.shared.config.operation_timeout;
            let asking = connection.request("looking up a topic", limit, request);
            let Command::LookupTopicResponse(answer) = asking.await? else {
                return Err(Error::malformed("answer to a lookup", "another command"));
            };
            match answer.response.map(LookupType::try_from) {
                Some(Ok(LookupType::Connect)) => {
                    let target = target_of(service, &answer)?;
                    return Ok(Lookup { target });
                }
                Some(Ok(LookupType::Redirect)) => {
                    let target = target_of(service, &answer)?;
                    authoritative = answer.authoritative.unwrap_or(false);
                    connection = self.shared.pool.get(target, super::LOOKUPS, 0).await?;
                }
                _ => return Err(refused(answer.error, answer.message)),
            }
        }
        Err(Error::ServiceNotReady(format!(
            "the lookup of {topic} was redirected more than {MAX_REDIRECTS} times"
        )))
    }
}

/// Where an answer points to: the broker itself, or the proxy that we came by and the broker behind it.
fn target_of(service: &Address, answer: &CommandLookupTopicResponse) -> Result<Target, Error> {
    let (url, scheme) = if service.tls {
        (&answer.broker_service_url_tls, "pulsar+ssl")
    } else {
        (&answer.broker_service_url, "pulsar")
    };
    let broker = match url.as_deref() {
        Some(url) if !url.is_empty() => address::service(url)?.swap_remove(0),
        _ => return Err(Error::Unsupported(format!("{scheme}:// for this topic"))),
    };
    Ok(if answer.proxy_through_service_url == Some(true) {
        Target {
            address: service.clone(),
            proxy_to: Some(broker.to_string()),
        }
    } else {
        Target {
            address: broker,
            proxy_to: None,
        }
    })
}
