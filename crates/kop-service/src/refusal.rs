//! A refused part of a request: an error code and the sentence that goes with it.

use kop_codec::{ByteString, ErrorCode};
use kop_log::LogError;

use crate::errors;
use crate::settings::SettingError;

/// Why a part of an administrative request is refused.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Refusal {
    /// What a program reads.
    pub(crate) code: ErrorCode,
    /// What a person reads.
    pub(crate) message: ByteString,
}

impl Refusal {
    /// A refusal with this message.
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into().into(),
        }
    }

    /// The request contradicts itself.
    pub(crate) fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::INVALID_REQUEST, message)
    }

    /// A setting without a value.
    pub(crate) fn null_value(name: &str) -> Self {
        Self::invalid_request(format!("{name} has no value: null is not supported"))
    }

    /// A setting that occurs twice in one resource.
    pub(crate) fn given_twice(name: &str) -> Self {
        Self::invalid_request(format!("{name} is given twice"))
    }

    /// Code and message as the answers hold them: no error where nothing was refused.
    pub(crate) fn answer(outcome: Result<(), Self>) -> (ErrorCode, Option<ByteString>) {
        match outcome {
            Ok(()) => (ErrorCode::NONE, None),
            Err(refusal) => (refusal.code, Some(refusal.message)),
        }
    }
}

impl From<LogError> for Refusal {
    fn from(error: LogError) -> Self {
        Self {
            code: errors::log_error(&error),
            message: errors::message(&error),
        }
    }
}

impl From<SettingError> for Refusal {
    fn from(error: SettingError) -> Self {
        Self::new(errors::setting_error(&error), error.to_string())
    }
}
