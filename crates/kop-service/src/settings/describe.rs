//! All settings with their values and where these come from.

use super::{ConfigType, Settings, Source, keys, topics};

/// One setting, as DescribeConfigs shows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Described {
    /// The key.
    pub name: &'static str,
    /// Other names of the key.
    pub aliases: &'static [&'static str],
    /// The effective value; `None` for a default that says nothing, like `log.retention.ms` beside `log.retention.hours`.
    pub value: Option<String>,
    /// Where the effective value comes from.
    pub source: Source,
    /// Its type.
    pub config_type: ConfigType,
    /// It changes at a restart only.
    pub read_only: bool,
    /// What it does.
    pub doc: &'static str,
    /// Every value that was given and the default, the effective one first.
    pub synonyms: Vec<Synonym>,
}

/// A value that counts as long as no other goes before it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Synonym {
    /// The key.
    pub name: &'static str,
    /// The value.
    pub value: Option<String>,
    /// Where it comes from.
    pub source: Source,
}

impl Settings {
    /// All settings in the order of their declaration, those of the server first, then the defaults of topics.
    pub fn describe(&self) -> Vec<Described> {
        let server = keys::KEYS.iter().map(|key| Described {
            name: key.name,
            aliases: key.aliases,
            config_type: key.config_type,
            read_only: key.update == super::Update::ReadOnly,
            doc: key.doc,
            ..self.effective(key.name, Some(key.default.to_owned()))
        });
        let of_topics = topics::all().map(|key| Described {
            config_type: key.config_type(),
            doc: key.doc(),
            ..self.effective(key.name, key.default())
        });
        server.chain(of_topics).collect()
    }

    fn effective(&self, name: &'static str, default: Option<String>) -> Described {
        let current = self.current.load();
        let shown = !keys::SECRET.contains(&name);
        let given = current.layers.get(name).into_iter().flatten().rev();
        let mut synonyms: Vec<_> = given
            .map(|(source, given)| Synonym {
                name,
                // That there is none is no secret.
                value: (shown || given.text.is_empty()).then(|| given.text.to_string()),
                source: *source,
            })
            .collect();
        synonyms.push(Synonym {
            name,
            value: default,
            source: Source::Default,
        });
        let Synonym { value, source, .. } = synonyms[0].clone();
        let (config_type, read_only) = (ConfigType::String, false);
        Described {
            name,
            aliases: &[],
            value,
            source,
            config_type,
            read_only,
            doc: "",
            synonyms,
        }
    }
}
