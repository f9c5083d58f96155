//! ApiVersions: which APIs are served, and at which versions.

use kop_codec::messages::api_versions_response::{
    ApiVersion, FinalizedFeatureKey, SupportedFeatureKey,
};
use kop_codec::messages::{ApiVersionsRequest, ApiVersionsResponse};
use kop_codec::{ApiKey, ByteString, ErrorCode, encode_response};

use crate::{ApiInfo, ClientSoftware, Context, ErrorTally, Fault, Handler, Reply};

/// The features that clients go by, and their levels: groups of the consumer protocol (KIP-848), and transactions of
/// version 2 (KIP-890).
const FEATURES: [(&str, i16); 2] = [("group.version", 1), ("transaction.version", 2)];

/// Answers ApiVersions.
#[derive(Debug, Default)]
pub struct ApiVersions;

impl Handler for ApiVersions {
    type Request = ApiVersionsRequest;

    async fn handle(&self, cx: Context, request: ApiVersionsRequest) -> ApiVersionsResponse {
        let error_code = check(&cx, &request);
        if error_code.is_error() {
            return ApiVersionsResponse {
                error_code,
                ..ApiVersionsResponse::default()
            };
        }
        if cx.version >= 3 {
            let ApiVersionsRequest {
                client_software_name: name,
                client_software_version: version,
                ..
            } = request;
            cx.connection.set_software(ClientSoftware { name, version });
        }
        with_features(cx.version, response(&cx.served, ErrorCode::NONE))
    }

    fn errors(response: &ApiVersionsResponse, tally: &mut ErrorTally) {
        tally.add(response.error_code);
    }
}

/// The answer to a version that we do not have: version 0, which every client can read (KIP-511).
pub(crate) fn unsupported(served: &[ApiInfo], correlation_id: i32) -> Result<Reply, Fault> {
    let (api, version) = (ApiKey::API_VERSIONS, 0);
    encode_response(
        correlation_id,
        api,
        version,
        &response(served, ErrorCode::UNSUPPORTED_VERSION),
    )
    .map(Reply::Frame)
    .map_err(|source| Fault::Encode {
        api,
        version,
        source,
    })
}

fn response(served: &[ApiInfo], error_code: ErrorCode) -> ApiVersionsResponse {
    let api_keys = served.iter().map(|api| ApiVersion {
        api_key: api.key.0,
        min_version: api.min_version,
        max_version: api.max_version,
        ..ApiVersion::default()
    });
    ApiVersionsResponse {
        error_code,
        api_keys: api_keys.collect(),
        ..ApiVersionsResponse::default()
    }
}

/// Adds the features.
fn with_features(version: i16, response: ApiVersionsResponse) -> ApiVersionsResponse {
    // Before version 4 clients cannot read a range that begins with 0 (KAFKA-17011).
    let supported = FEATURES.iter().filter(|_| version >= 4);
    let supported = supported.map(|&(name, level)| SupportedFeatureKey {
        name: ByteString::from_static(name),
        min_version: 0,
        max_version: level,
        ..SupportedFeatureKey::default()
    });
    let finalized = FEATURES.iter().filter(|_| version >= 3);
    let finalized = finalized.map(|&(name, level)| FinalizedFeatureKey {
        name: ByteString::from_static(name),
        max_version_level: level,
        min_version_level: level,
        ..FinalizedFeatureKey::default()
    });
    ApiVersionsResponse {
        finalized_features_epoch: if version >= 3 { 0 } else { -1 },
        supported_features: supported.collect(),
        finalized_features: finalized.collect(),
        ..response
    }
}

fn check(cx: &Context, request: &ApiVersionsRequest) -> ErrorCode {
    let named =
        is_software(&request.client_software_name) && is_software(&request.client_software_version);
    if cx.version >= 3 && !named {
        return ErrorCode::INVALID_REQUEST;
    }
    let other_cluster = request
        .cluster_id
        .as_ref()
        .is_some_and(|id| id != cx.broker.cluster_id());
    let other_node = request.node_id >= 0 && request.node_id != cx.broker.node_id();
    if other_cluster || other_node {
        return ErrorCode::REBOOTSTRAP_REQUIRED;
    }
    ErrorCode::NONE
}

/// Letters and digits, with `-` and `.` between them (KIP-511).
fn is_software(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ends = [bytes.first(), bytes.last()];
    ends.iter()
        .all(|end| end.is_some_and(u8::is_ascii_alphanumeric))
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_software_are_those_of_kafkas_pattern() {
        for good in ["a", "apache-kafka-java", "3.9.1", "a--b", "librdkafka"] {
            assert!(is_software(good), "{good}");
        }
        for bad in ["", "-a", "a-", ".", "a b", "a_b", "ä"] {
            assert!(!is_software(bad), "{bad}");
        }
    }
}
