//! Whether topics are created for clients that ask for them: what a namespace says goes before the server's settings.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use kop_log::{AutoCreation, LogError};
use kop_pulsar_client::AutoTopicCreation;
use parking_lot::Mutex;

use super::Inner;
use crate::fault::fault;

/// How long a namespace is not asked again: clients that wait for a topic ask all the time.
const FRESH: Duration = Duration::from_secs(1);
/// Namespaces whose answers are remembered.
const NAMESPACES: usize = 100;

/// What namespaces have said lately; null where the server's settings count.
#[derive(Debug, Default)]
pub(super) struct CreationRules(Mutex<HashMap<String, (Instant, Option<AutoTopicCreation>)>>);

impl CreationRules {
    fn get(&self, namespace: &str) -> Option<Option<AutoTopicCreation>> {
        let rules = self.0.lock();
        let (at, rule) = rules.get(namespace)?;
        (at.elapsed() < FRESH).then_some(*rule)
    }

    fn put(&self, namespace: &str, rule: Option<AutoTopicCreation>) {
        let mut rules = self.0.lock();
        if rules.len() >= NAMESPACES {
            rules.clear();
        }
        rules.insert(namespace.to_owned(), (Instant::now(), rule));
    }
}

impl Inner {
    pub(super) async fn auto_creation(
        &self,
        name: &str,
        server: AutoCreation,
    ) -> Result<AutoCreation, LogError> {
        let namespace = self.naming().address(name)?.namespace;
        let rule = match self.creation_rules.get(&namespace) {
            Some(rule) => rule,
            None => {
                let admin = self.client.admin();
                let rule = match admin.namespace_auto_topic_creation(&namespace).await {
                    Ok(rule) => rule,
                    Err(error) if error.is_denied() => None,
                    Err(error) => {
                        let doing = format!("asking whether topics of {namespace} are created");
                        return Err(fault(&doing, &error));
                    }
                };
                self.creation_rules.put(&namespace, rule);
                rule
            }
        };
        Ok(rule.map_or(server, |rule| AutoCreation {
            allowed: rule.allowed,
            partitions: rule
                .partitions
                .and_then(|partitions| i32::try_from(partitions).ok())
                .unwrap_or(server.partitions),
        }))
    }
}
