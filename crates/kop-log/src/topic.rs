//! What a topic is.

use std::collections::BTreeMap;

use kop_codec::{ByteString, Uuid};

use crate::LogError;

/// Topics that servers keep for themselves. Clients cannot write to them.
pub const INTERNAL_TOPICS: [&str; 3] = [
    "__consumer_offsets",
    "__share_group_state",
    "__transaction_state",
];

/// Most partitions that a topic gets at once, as with Kafka's controller.
pub const MAX_NEW_PARTITIONS: i32 = 10_000;

/// Whether a topic of this name is [internal](INTERNAL_TOPICS).
pub fn is_internal_topic(name: &str) -> bool {
    INTERNAL_TOPICS.contains(&name)
}

/// Checks a topic's name by Kafka's rules.
///
/// # Errors
/// [`LogError::InvalidTopicName`].
pub fn check_topic_name(name: &str) -> Result<(), LogError> {
    let reason = match name {
        "" => "it is empty",
        "." | ".." => "it cannot be '.' or '..'",
        _ if name.len() > 249 => "it is longer than 249 characters",
        _ if !name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b)) =>
        {
            "only ASCII letters, digits, '.', '_' and '-' are allowed"
        }
        _ => return Ok(()),
    };
    Err(LogError::InvalidTopicName {
        name: name.to_owned(),
        reason,
    })
}

/// A new random id (version 4) for a topic or a cluster: never zero or one of Kafka's reserved ids, and never one whose
/// text begins with `-`, which command lines take for an option.
pub fn random_id() -> Uuid {
    loop {
        let mut bytes: [u8; 16] = rand::random();
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let id = Uuid::from_bytes(bytes);
        if !id.to_string().starts_with('-') {
            return id;
        }
    }
}

/// A topic as it is now.
#[derive(Clone, Debug)]
pub struct TopicInfo {
    /// Its name.
    pub name: ByteString,
    /// Its id, never zero.
    pub id: Uuid,
    /// Number of partitions.
    pub partitions: i32,
    /// Kept by this server or another one for itself: see [`is_internal_topic`]. Clients can read it.
    pub internal: bool,
    /// The settings made for this topic alone, by Kafka's names.
    pub overrides: BTreeMap<String, String>,
}

/// A topic to be created.
#[derive(Clone, Debug)]
pub struct NewTopic {
    /// Its name.
    pub name: ByteString,
    /// Number of partitions, at least 1.
    pub partitions: i32,
    /// Settings for this topic alone, by Kafka's names.
    pub overrides: BTreeMap<String, String>,
}

/// What becomes of a topic that a client asks for and that does not exist.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AutoCreation {
    /// Whether it is created.
    pub allowed: bool,
    /// With so many partitions.
    pub partitions: i32,
}

impl TopicInfo {
    /// Whether another server keeps it for itself: those of this server go by their short names.
    pub fn is_of_another_server(&self) -> bool {
        self.internal && !is_internal_topic(&self.name)
    }

    /// How many partitions come new where there are to be `total`.
    ///
    /// # Errors
    /// [`LogError::InvalidPartitions`] unless that is more than today, [`LogError::TooManyPartitions`].
    pub fn check_growth(&self, total: i32) -> Result<i32, LogError> {
        let added = total.saturating_sub(self.partitions);
        if added < 1 {
            let reason = format!(
                "topic {} has {} partitions already, {total} are not more",
                self.name, self.partitions
            );
            return Err(LogError::InvalidPartitions { reason });
        }
        if added > MAX_NEW_PARTITIONS {
            return Err(LogError::TooManyPartitions {
                added,
                limit: MAX_NEW_PARTITIONS,
            });
        }
        Ok(added)
    }
}

impl NewTopic {
    /// Checks name and number of partitions as Kafka does.
    ///
    /// # Errors
    /// [`LogError::InvalidTopicName`], [`LogError::InvalidPartitions`], [`LogError::TooManyPartitions`].
    pub fn validate(&self) -> Result<(), LogError> {
        check_topic_name(&self.name)?;
        self.check_partitions()
    }

    /// Checks the number of partitions as Kafka does.
    ///
    /// # Errors
    /// [`LogError::InvalidPartitions`], [`LogError::TooManyPartitions`].
    pub fn check_partitions(&self) -> Result<(), LogError> {
        if self.partitions > MAX_NEW_PARTITIONS {
            return Err(LogError::TooManyPartitions {
                added: self.partitions,
                limit: MAX_NEW_PARTITIONS,
            });
        }
        if self.partitions < 1 {
            let reason = format!("{} partitions: a topic has at least 1", self.partitions);
            return Err(LogError::InvalidPartitions { reason });
        }
        Ok(())
    }

    /// Checks that the name differs from all others by more than `.` and `_`, as Kafka does.
    ///
    /// # Errors
    /// [`LogError::TopicExists`], [`LogError::TopicNameCollides`].
    pub fn check_collision<'a>(
        &self,
        existing: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), LogError> {
        let same = |(a, b): (u8, u8)| a == b || (b"._".contains(&a) && b"._".contains(&b));
        for other in existing {
            if self.name == *other {
                return Err(LogError::TopicExists(other.to_owned()));
            }
            if self.name.len() == other.len() && self.name.bytes().zip(other.bytes()).all(same) {
                return Err(LogError::TopicNameCollides {
                    name: self.name.to_string(),
                    existing: other.to_owned(),
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> NewTopic {
        NewTopic {
            name: name.to_owned().into(),
            partitions: 1,
            overrides: BTreeMap::new(),
        }
    }

    #[test]
    fn names_are_kafkas() {
        for good in [
            "a",
            "A.b_c-9",
            &"x".repeat(249),
            "__consumer_offsets",
            "...",
        ] {
            named(good).validate().unwrap();
        }
        for bad in ["", ".", "..", &"x".repeat(250), "a b", "ä", "a/b", "a\0"] {
            assert!(
                matches!(
                    named(bad).validate(),
                    Err(LogError::InvalidTopicName { .. })
                ),
                "{bad:?}"
            );
        }
        let none = NewTopic {
            partitions: 0,
            ..named("a")
        };
        assert!(matches!(
            none.validate(),
            Err(LogError::InvalidPartitions { .. })
        ));
        let many = NewTopic {
            partitions: i32::MAX,
            ..named("a")
        };
        assert!(matches!(
            many.validate(),
            Err(LogError::TooManyPartitions { .. })
        ));
    }

    #[test]
    fn dots_and_underscores_collide() {
        let collision = named("a.b_c").check_collision(["x", "a_b.c"]).unwrap_err();
        assert_eq!(
            collision.to_string(),
            "topic a.b_c collides with the existing topic a_b.c"
        );
        assert!(matches!(
            named("a").check_collision(["a"]),
            Err(LogError::TopicExists(_))
        ));
        named("a.b")
            .check_collision(["a-b", "a.bc", "a.c"])
            .unwrap();
    }

    #[test]
    fn ids_are_random() {
        let ids: std::collections::BTreeSet<_> = (0..1000).map(|_| random_id()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| !id.to_string().starts_with('-')));
    }
}
