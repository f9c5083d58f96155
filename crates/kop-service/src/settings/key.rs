//! What a key of the configuration is, and the macro that declares a table of them.

use std::marker::PhantomData;

use super::value::{Allowed, ConfigType};

/// One key of the configuration, as declared in [`keys`](super::keys).
#[derive(Debug)]
pub struct Definition {
    /// Its name: Kafka's where Kafka has one.
    pub name: &'static str,
    /// Further names: those of the original Kafka on Pulsar, and Kafka's older ones.
    pub aliases: &'static [&'static str],
    /// Its type.
    pub config_type: ConfigType,
    /// The values that it takes.
    pub allowed: Allowed,
    /// The value where none is given, as text.
    pub default: &'static str,
    /// Whether it can change while the server runs.
    pub update: Update,
    /// What it does, in one sentence.
    pub doc: &'static str,
}

/// Whether a setting can change while the server runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Update {
    /// By AlterConfigs, at once.
    Dynamic,
    /// At a restart only.
    ReadOnly,
}

/// A key together with the Rust type of its value. Made only by the table in [`keys`](super::keys).
#[derive(Debug)]
pub struct Key<T> {
    pub(super) index: usize,
    value: PhantomData<fn() -> T>,
}

impl<T> Key<T> {
    pub(super) const fn new(index: usize) -> Self {
        Self {
            index,
            value: PhantomData,
        }
    }

    /// What was declared for it.
    pub fn definition(&self) -> &'static Definition {
        &super::keys::KEYS[self.index]
    }
}

impl<T> Clone for Key<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Key<T> {}

/// Declares `KEYS` and a typed [`Key`] constant for each line: its documentation is the key's sentence.
macro_rules! keys {
    ($(
        #[doc = $doc:literal]
        $id:ident: $type:ty = $name:literal $(| $alias:literal)*, $allowed:expr, $default:literal, $update:ident;
    )*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Index { $($id),* }

        $(
            #[doc = $doc]
            #[doc = concat!("\n\n`", $name, "`, default `", $default, "`")]
            pub const $id: Key<$type> = Key::new(Index::$id as usize);
        )*

        /// Every key of the server itself, in the order of the declarations above.
        pub static KEYS: &[Definition] = &[$(
            Definition {
                name: $name,
                aliases: &[$($alias),*],
                config_type: <$type as SettingType>::CONFIG_TYPE,
                allowed: $allowed,
                default: $default,
                update: Update::$update,
                doc: $doc.trim_ascii(),
            }
        ),*];
    };
}

pub(super) use keys;
