//! Whatever bytes come in, there is an answer or a fault, and the service goes on.

use bytes::{Bytes, BytesMut};
use kop_codec::header::request_header;
use kop_codec::messages::ApiVersionsRequest;
use kop_codec::{ErrorCode, Request, encode_request};
use kop_service::api_table;
use proptest::prelude::*;

use crate::kit::{batch, fetch_request, produce_request, topic};
use crate::support::Client;

fn frame<R: Request>(version: i16, request: &R) -> Bytes {
    let frame = encode_request(&request_header(1, None), version, request).unwrap();
    frame.to_bytes().unwrap().slice(4..)
}

fn survives(frames: Vec<Bytes>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let client = Client::new();
        topic(&client, "a", 1, &[]).await;
        for frame in frames {
            let _ = client.exchange(frame).await;
        }
        let answer = client.send(0, &ApiVersionsRequest::default()).await;
        assert_eq!(answer.error_code, ErrorCode::NONE);
    });
}

fn noise() -> impl Strategy<Value = Bytes> {
    let api = prop::sample::select(api_table().to_vec());
    (
        api,
        any::<prop::sample::Index>(),
        prop::collection::vec(any::<u8>(), 0..100),
    )
        .prop_map(|(api, version, body)| {
            let versions = (api.max_version - api.min_version + 1) as usize;
            let version = api.min_version + version.index(versions) as i16;
            let mut frame = BytesMut::new();
            frame.extend_from_slice(&api.key.0.to_be_bytes());
            frame.extend_from_slice(&version.to_be_bytes());
            frame.extend_from_slice(&[0, 0, 0, 1, 0xff, 0xff, 0]);
            frame.extend_from_slice(&body);
            frame.freeze()
        })
}

fn damaged() -> impl Strategy<Value = Bytes> {
    let produce = produce_request("a", 0, batch(&["x", "y", "z"]));
    let fetch = fetch_request("a", &[(0, 0)]);
    let frames = vec![
        frame(3, &produce),
        frame(9, &produce),
        frame(4, &fetch),
        frame(12, &fetch),
    ];
    let flips = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4);
    (prop::sample::select(frames), flips).prop_map(|(frame, flips)| {
        let mut frame = BytesMut::from(&frame[..]);
        for (at, value) in flips {
            // Not the key: that is what `noise` does.
            let at = 2 + at.index(frame.len() - 2);
            frame[at] = value;
        }
        frame.freeze()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn random_bodies(frames in prop::collection::vec(noise(), 1..20)) {
        survives(frames);
    }

    #[test]
    fn damaged_requests(frames in prop::collection::vec(damaged(), 1..20)) {
        survives(frames);
    }
}
