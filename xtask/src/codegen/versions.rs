//! Ranges of versions: `0+`, `3-5`, `7`, `none`.

use anyhow::Context;

/// A range of versions, both ends included; empty if the first is above the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Versions {
    pub(crate) first: i16,
    pub(crate) last: i16,
}

impl Versions {
    pub(crate) const NONE: Self = Self { first: 0, last: -1 };

    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let number = |text: &str| {
            text.parse::<i16>()
                .with_context(|| format!("version {text:?}"))
        };
        if text == "none" {
            Ok(Self::NONE)
        } else if let Some(first) = text.strip_suffix('+') {
            Ok(Self {
                first: number(first)?,
                last: i16::MAX,
            })
        } else if let Some((first, last)) = text.split_once('-') {
            Ok(Self {
                first: number(first)?,
                last: number(last)?,
            })
        } else {
            number(text).map(|only| Self {
                first: only,
                last: only,
            })
        }
    }

    pub(crate) fn is_empty(self) -> bool {
        self.first > self.last
    }

    pub(crate) fn contains(self, version: i16) -> bool {
        (self.first..=self.last).contains(&version)
    }

    pub(crate) fn and(self, other: Self) -> Self {
        let both = Self {
            first: self.first.max(other.first),
            last: self.last.min(other.last),
        };
        if both.is_empty() { Self::NONE } else { both }
    }

    /// Whether a version out of `among` is in this range, as far as that needs to be asked.
    pub(crate) fn among(self, among: Self) -> Condition {
        let both = self.and(among);
        if both.is_empty() {
            Condition::Never
        } else if both == among {
            Condition::Always
        } else if both.last == among.last {
            Condition::When(format!("version >= {}", both.first))
        } else if both.first == among.first {
            Condition::When(format!("version <= {}", both.last))
        } else if both.first == both.last {
            Condition::When(format!("version == {}", both.first))
        } else {
            Condition::When(format!(
                "({}..={}).contains(&version)",
                both.first, both.last
            ))
        }
    }

    /// In words, for documentation; `valid` is all there is.
    pub(crate) fn words(self, valid: Self) -> String {
        let both = self.and(valid);
        if both.is_empty() {
            "no version".to_owned()
        } else if both == valid {
            "all versions".to_owned()
        } else if both.first == both.last {
            format!("version {}", both.first)
        } else if both.last == valid.last {
            format!("versions {} and up", both.first)
        } else {
            format!("versions {} to {}", both.first, both.last)
        }
    }
}

/// What is known about a version without asking it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    Never,
    Always,
    When(String),
}

impl Condition {
    /// A Rust expression that picks one of two.
    pub(crate) fn pick(&self, yes: &str, no: &str) -> String {
        match self {
            Self::Never => no.to_owned(),
            Self::Always => yes.to_owned(),
            Self::When(asked) => format!("if {asked} {{ {yes} }} else {{ {no} }}"),
        }
    }

    /// A Rust expression that is true where this is not.
    pub(crate) fn negated(&self) -> String {
        match self {
            Self::Never => "true".to_owned(),
            Self::Always => "false".to_owned(),
            Self::When(asked) => match asked.split_once(' ') {
                Some(("version", rest)) => {
                    let (operator, number) = rest.split_once(' ').unwrap_or((rest, ""));
                    let opposite = match operator {
                        ">=" => "<",
                        "<=" => ">",
                        _ => "!=",
                    };
                    format!("version {opposite} {number}")
                }
                _ => format!("!{asked}"),
            },
        }
    }

    /// A Rust expression of type `bool`.
    pub(crate) fn expression(&self) -> &str {
        match self {
            Self::Never => "false",
            Self::Always => "true",
            Self::When(asked) => asked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_and_asked_for() -> anyhow::Result<()> {
        let valid = Versions::parse("2-9")?;
        assert_eq!(Versions::parse("0+")?.among(valid), Condition::Always);
        assert_eq!(Versions::parse("10+")?.among(valid), Condition::Never);
        assert_eq!(Versions::parse("none")?.among(valid), Condition::Never);
        assert_eq!(
            Versions::parse("3+")?.among(valid),
            Condition::When("version >= 3".into())
        );
        assert_eq!(
            Versions::parse("0-4")?.among(valid),
            Condition::When("version <= 4".into())
        );
        assert_eq!(
            Versions::parse("4")?.among(valid),
            Condition::When("version == 4".into())
        );
        assert_eq!(
            Versions::parse("4-5")?.among(valid),
            Condition::When("(4..=5).contains(&version)".into())
        );
        assert_eq!(Versions::parse("3+")?.among(valid).negated(), "version < 3");
        assert_eq!(
            Versions::parse("4-5")?.among(valid).negated(),
            "!(4..=5).contains(&version)"
        );
        assert!(Versions::parse("x").is_err());
        Ok(())
    }
}
