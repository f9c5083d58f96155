//! Which Pulsar topic a Kafka name stands for, and back.
//!
//! | a client says | Pulsar topic |
//! |---|---|
//! | `t` | `persistent://<kafkaTenant>/<kafkaNamespace>/t` |
//! | `__consumer_offsets`, `__transaction_state`, … | the same in `<kafkaMetadataTenant>/<kafkaMetadataNamespace>` |
//! | `a/b/t` | `persistent://a/b/t` |
//! | `persistent://a/b/t` | the same |
//!
//! Everything else is no topic's name.

use std::borrow::Cow;
use std::fmt;

use kop_log::{LogError, check_topic_name, is_internal_topic};

const SCHEME: &str = "persistent://";
/// Between a partitioned topic's name and the number of a partition.
const PARTITION: &str = "-partition-";
/// Where brokers keep topics of their own, whatever these are called.
const OF_BROKERS: &str = "pulsar/system";
/// Kafka's limit for names. Those of other namespaces are longer by tenant and namespace.
const MAX_LEN: usize = 249;

/// A topic of Pulsar: a partitioned one, or one that is not.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Address {
    /// `tenant/namespace`.
    pub namespace: String,
    /// The name within the namespace.
    pub local: String,
}

/// Where names without tenant and namespace belong.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Naming {
    /// `tenant/namespace` of short names.
    pub namespace: String,
    /// `tenant/namespace` of the topics that the server keeps for itself.
    pub metadata_namespace: String,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}/{}", self.namespace, self.local)
    }
}

impl Address {
    /// The address of a topic in `tenant/namespace`.
    pub fn new(namespace: impl Into<String>, local: impl Into<String>) -> Self {
        Self {
            namespace: namespace.into(),
            local: local.into(),
        }
    }

    /// The address in `persistent://tenant/namespace/name`. None for anything else.
    pub fn parse(full: &str) -> Option<Self> {
        let (namespace, local) = full.strip_prefix(SCHEME)?.rsplit_once('/')?;
        let (tenant, name) = namespace.split_once('/')?;
        let whole = !tenant.is_empty() && !name.is_empty() && !name.contains('/');
        (whole && !local.is_empty()).then(|| Self::new(namespace, local))
    }

    /// The Pulsar topic of one partition of a partitioned topic.
    pub fn partition(&self, index: i32) -> String {
        format!("{self}{PARTITION}{index}")
    }

    /// The partitioned topic and the partition, where this is the address of one.
    pub fn split_partition(&self) -> Option<(Self, i32)> {
        let (local, index) = self.local.rsplit_once(PARTITION)?;
        let number = index.parse().ok()?;
        // Pulsar writes them without signs and leading zeros.
        let plain = index.bytes().all(|b| b.is_ascii_digit())
            && (index == "0" || index.as_bytes()[0] != b'0');
        (plain && !local.is_empty()).then(|| (Self::new(&*self.namespace, local), number))
    }
}

impl Naming {
    /// The Pulsar topic that a name stands for.
    ///
    /// # Errors
    /// [`LogError::InvalidTopicName`].
    pub fn address(&self, name: &str) -> Result<Address, LogError> {
        let invalid = |reason| LogError::InvalidTopicName {
            name: name.to_owned(),
            reason,
        };
        if !name.contains('/') {
            check_topic_name(name)?;
            let internal = is_internal_topic(name);
            let namespace = if internal {
                &self.metadata_namespace
            } else {
                &self.namespace
            };
            return check_local(Address::new(&**namespace, name)).map_err(invalid);
        }
        if name.contains("://") && !name.starts_with(SCHEME) {
            return Err(invalid("only persistent:// topics can be used"));
        }
        let path = name.strip_prefix(SCHEME).unwrap_or(name);
        let parts: Vec<&str> = path.split('/').collect();
        let &[tenant, namespace, local] = parts.as_slice() else {
            return Err(invalid("a name with '/' is tenant/namespace/topic"));
        };
        for part in [tenant, namespace] {
            let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-=:._".contains(&b);
            if part.is_empty() || part.len() > MAX_LEN || !part.bytes().all(allowed) {
                return Err(invalid("tenant or namespace is not valid"));
            }
        }
        check_topic_name(local).map_err(|error| match error {
            LogError::InvalidTopicName { reason, .. } => invalid(reason),
            other => other,
        })?;
        check_local(Address::new(format!("{tenant}/{namespace}"), local)).map_err(invalid)
    }

    /// The address of a topic that is to be made: one that clients will see.
    ///
    /// # Errors
    /// As [`address`](Self::address), and [`LogError::InvalidTopicName`] for what servers keep for themselves.
    pub fn new_address(&self, name: &str) -> Result<Address, LogError> {
        let address = self.address(name)?;
        if self.is_visible(&address) && !self.is_of_another(&address) {
            return Ok(address);
        }
        Err(kept(name))
    }

    /// The spelling that stands for all others: the short one where there is one, else the whole address.
    pub fn canonical(&self, address: &Address) -> String {
        let home = if is_internal_topic(&address.local) {
            &self.metadata_namespace
        } else {
            &self.namespace
        };
        if address.namespace == *home {
            address.local.clone()
        } else {
            address.to_string()
        }
    }

    /// The canonical spelling of a name. A name that is not valid stays as it is.
    pub fn canonical_name<'a>(&self, name: &'a str) -> Cow<'a, str> {
        // Short names are canonical; they are what most clients use.
        if !name.contains('/') {
            return Cow::Borrowed(name);
        }
        match self.address(name).map(|address| self.canonical(&address)) {
            Ok(canonical) if canonical != name => Cow::Owned(canonical),
            _ => Cow::Borrowed(name),
        }
    }

    /// Whether another server keeps a topic for itself, in a metadata namespace of its own. Who could change it could break
    /// the groups there.
    pub fn is_of_another(&self, address: &Address) -> bool {
        is_internal_topic(&address.local) && address.namespace != self.metadata_namespace
    }

    /// Whether Kafka clients can see and use a topic of Pulsar: it has a name that Kafka knows, and is none that servers or
    /// brokers keep for themselves.
    pub fn is_visible(&self, address: &Address) -> bool {
        if address.namespace == self.metadata_namespace && self.metadata_namespace != self.namespace
        {
            return is_internal_topic(&address.local);
        }
        let of_pulsar = address.namespace == OF_BROKERS
            || address.local.starts_with("__change_events")
            || address.local.starts_with("__transaction_buffer_snapshot")
            || address.local.starts_with("__kop_")
            || address.local.ends_with("__transaction_pending_ack");
        !of_pulsar
            && check_topic_name(&address.local).is_ok()
            && check_local(address.clone()).is_ok()
    }
}

/// Clients cannot make or change a topic of this name.
pub(super) fn kept(name: &str) -> LogError {
    LogError::InvalidTopicName {
        name: name.to_owned(),
        reason: "servers keep topics of their own under such names",
    }
}

fn check_local(address: Address) -> Result<Address, &'static str> {
    if address.split_partition().is_some() {
        return Err("it ends like the name of a Pulsar partition");
    }
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naming() -> Naming {
        Naming {
            namespace: "public/default".to_owned(),
            metadata_namespace: "public/__kafka".to_owned(),
        }
    }

    #[test]
    fn every_spelling_leads_to_one_topic() {
        let naming = naming();
        for (name, address, canonical) in [
            ("t", "persistent://public/default/t", "t"),
            ("public/default/t", "persistent://public/default/t", "t"),
            (
                "persistent://public/default/t",
                "persistent://public/default/t",
                "t",
            ),
            ("a/b/t", "persistent://a/b/t", "persistent://a/b/t"),
            (
                "persistent://a/b/t",
                "persistent://a/b/t",
                "persistent://a/b/t",
            ),
            (
                "__consumer_offsets",
                "persistent://public/__kafka/__consumer_offsets",
                "__consumer_offsets",
            ),
            (
                "public/default/__consumer_offsets",
                "persistent://public/default/__consumer_offsets",
                "persistent://public/default/__consumer_offsets",
            ),
        ] {
            let found = naming.address(name).unwrap();
            assert_eq!(found.to_string(), address);
            assert_eq!(naming.canonical(&found), canonical);
            assert_eq!(naming.canonical_name(name), canonical);
            assert_eq!(
                naming.address(canonical).unwrap(),
                found,
                "the canonical name leads back"
            );
            assert_eq!(Address::parse(address), Some(found));
        }
    }

    #[test]
    fn other_names_are_refused() {
        for bad in [
            "",
            "a/t",
            "a/b/c/t",
            "/",
            "a//t",
            "//t",
            "a/b/",
            "non-persistent://a/b/t",
            "persistent://t",
            "persistent://a/b",
            "a b/c/t",
            "a/b/ä",
            "t-partition-0",
            "a/b/t-partition-12",
            "..",
        ] {
            let refused = naming().address(bad);
            assert!(
                matches!(refused, Err(LogError::InvalidTopicName { .. })),
                "{bad}: {refused:?}"
            );
        }
    }

    #[test]
    fn partitions_are_told_from_topics() {
        let topic = Address::new("a/b", "t");
        assert_eq!(topic.partition(7), "persistent://a/b/t-partition-7");
        let partition = Address::parse(&topic.partition(7)).unwrap();
        assert_eq!(partition.split_partition(), Some((topic, 7)));
        for whole in [
            "t",
            "t-partition-",
            "t-partition-x",
            "t-partition-01",
            "-partition-1",
            "t-partition-+1",
        ] {
            assert_eq!(
                Address::new("a/b", whole).split_partition(),
                None,
                "{whole}"
            );
        }
    }

    #[test]
    fn what_servers_keep_is_not_shown() {
        let naming = naming();
        let visible =
            |namespace: &str, local: &str| naming.is_visible(&Address::new(namespace, local));
        assert!(visible("public/default", "t") && visible("a/b", "t"));
        assert!(visible("public/__kafka", "__consumer_offsets"));
        assert!(!visible("public/__kafka", "__kop_metadata"));
        assert!(!visible("public/default", "__change_events"));
        assert!(!visible("pulsar/system", "transaction_coordinator_assign"));
        assert!(!visible(
            "public/default",
            "t-sub-__transaction_pending_ack"
        ));
        assert!(!visible("public/default", "with space"));
        assert!(!visible("public/default", "t-partition-3"));
        for name in [
            "__change_events",
            "public/__kafka/__kop_metadata",
            "public/__kafka/t",
            "a/b/__consumer_offsets",
            "persistent://public/default/__transaction_state",
        ] {
            assert!(naming.new_address(name).is_err(), "{name}");
        }
        for name in [
            "t",
            "__debezium",
            "a/b/t",
            "__consumer_offsets",
            "persistent://public/__kafka/__transaction_state",
        ] {
            assert!(naming.new_address(name).is_ok(), "{name}");
        }
    }
}
