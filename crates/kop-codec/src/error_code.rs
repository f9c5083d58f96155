//! What a broker says went wrong.

use std::fmt;

mod table;

/// An error code as it is on the wire. Codes that are not known here are kept.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ErrorCode(
    /// The number on the wire; 0 for no error, -1 for an error that the broker has no code for.
    pub i16,
);

impl ErrorCode {
    /// Whether it says that something went wrong.
    #[must_use]
    #[inline]
    pub const fn is_error(self) -> bool {
        self.0 != 0
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => formatter.pad(name),
            None => write!(formatter, "error code {}", self.0),
        }
    }
}

impl fmt::Debug for ErrorCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}({})", self.name().unwrap_or("?"), self.0)
    }
}

impl From<i16> for ErrorCode {
    fn from(code: i16) -> Self {
        Self(code)
    }
}
