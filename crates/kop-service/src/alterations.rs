//! What AlterConfigs and IncrementalAlterConfigs have in common: resources are altered one by one, each answered once.

use std::collections::BTreeMap;

use kop_codec::{ByteString, ErrorCode};

use crate::Broker;
use crate::config_resource::{Operation, Resource};
use crate::occurrences::{Occurrence, Occurrences};
use crate::refusal::Refusal;

/// What is asked for one resource.
#[derive(Debug)]
pub(crate) struct Alteration {
    pub(crate) resource_type: i8,
    pub(crate) resource_name: ByteString,
    /// The change, or what is wrong with it before anybody looks at the resource.
    pub(crate) change: Result<Change, Refusal>,
}

/// A change of a resource's settings.
#[derive(Debug)]
pub(crate) enum Change {
    /// These become its only settings.
    Replace(BTreeMap<String, String>),
    /// These are changed, the others stay.
    Each(Vec<(String, Operation)>),
}

/// What became of it.
#[derive(Debug)]
pub(crate) struct Altered {
    pub(crate) resource_type: i8,
    pub(crate) resource_name: ByteString,
    pub(crate) error_code: ErrorCode,
    pub(crate) error_message: Option<ByteString>,
}

/// Makes the changes in their order. With `validate_only`, only checks them.
pub(crate) async fn alter(
    broker: &Broker,
    alterations: Vec<Alteration>,
    validate_only: bool,
) -> Vec<Altered> {
    let key =
        |alteration: &Alteration| (alteration.resource_type, alteration.resource_name.clone());
    let mut keys = Occurrences::count(alterations.iter().map(key));
    let mut altered = Vec::with_capacity(alterations.len());
    for alteration in alterations {
        let outcome = match keys.next(&key(&alteration)) {
            Occurrence::Only => {
                let (kind, name) = (alteration.resource_type, &alteration.resource_name);
                alter_one(broker, kind, name, alteration.change, validate_only).await
            }
            Occurrence::FirstOfMany => Err(Refusal::invalid_request("the resource is named twice")),
            Occurrence::Again => continue,
        };
        let (error_code, error_message) = Refusal::answer(outcome);
        altered.push(Altered {
            resource_type: alteration.resource_type,
            resource_name: alteration.resource_name,
            error_code,
            error_message,
        });
    }
    altered
}

async fn alter_one(
    broker: &Broker,
    resource_type: i8,
    resource_name: &str,
    change: Result<Change, Refusal>,
    validate_only: bool,
) -> Result<(), Refusal> {
    // A change reads the settings and writes them back: two at a time would lose one.
    let _turn = broker.config_changes().lock().await;
    let change = change?;
    let resource = Resource::find_to_alter(broker, resource_type, resource_name).await?;
    match change {
        Change::Replace(values) => resource.replace(broker, values, validate_only).await,
        Change::Each(changes) => resource.change(broker, changes, validate_only).await,
    }
}
