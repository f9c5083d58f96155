//! Bytes that are not requests, requests that are not served, and peers that are slow.

use std::time::Duration;

use kop_codec::messages::{ApiVersionsRequest, MetadataRequest};
use kop_codec::{ApiKey, ErrorCode, Message, Reader};
use kop_tests::target::Target;
use kop_tests::wire::Wire;

use super::{Case, case};

/// The server still answers others.
fn assert_alive(case: &Case) {
    let response = case
        .connect()
        .call(0, &ApiVersionsRequest::default())
        .expect("it still answers");
    assert_eq!(response.error_code, ErrorCode::NONE);
}

fn expect_close_after(case: &Case, what: &str, bytes: &[u8]) {
    let mut wire = case.connect();
    wire.write(bytes).expect("write");
    wire.expect_close()
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_alive(case);
}

/// A frame: its length and this content.
fn frame(content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("a short frame");
    [&length.to_be_bytes(), content].concat()
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn what_cannot_be_framed_or_decoded_closes_the_connection() {
    let Some(case) = case("bad input") else {
        return;
    };
    expect_close_after(&case, "a negative length", &(-1_i32).to_be_bytes());
    expect_close_after(&case, "the largest length", &i32::MAX.to_be_bytes());
    expect_close_after(
        &case,
        "an HTTP request",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    );
    expect_close_after(
        &case,
        "an unknown API key",
        &frame(&[0x03, 0xe8, 0, 0, 0, 0, 0, 1, 0xff, 0xff]),
    );
    expect_close_after(
        &case,
        "an unknown Metadata version",
        &frame(&[0, 3, 0, 99, 0, 0, 0, 1, 0xff, 0xff]),
    );
    expect_close_after(&case, "a header cut short", &frame(&[0, 3, 0, 1, 0, 0]));
    expect_close_after(
        &case,
        "a client id past the frame",
        &frame(&[0, 3, 0, 1, 0, 0, 0, 1, 0x7f, 0xff, b'x']),
    );
    // Metadata v1 with two thousand million topics, none of them there.
    let many = [
        &[0, 3, 0, 1, 0, 0, 0, 1, 0xff, 0xff][..],
        &i32::MAX.to_be_bytes(),
    ]
    .concat();
    expect_close_after(&case, "an array longer than the frame", &frame(&many));
    // Metadata v1 with a topic name of negative length, and with one of 30,000 bytes that are not there.
    let header = [0, 3, 0, 1, 0, 0, 0, 1, 0xff, 0xff, 0, 0, 0, 1];
    expect_close_after(
        &case,
        "a negative string",
        &frame(&[&header[..], &[0xff, 0x00]].concat()),
    );
    expect_close_after(
        &case,
        "a string past the frame",
        &frame(&[&header[..], &[0x75, 0x30, b'a']].concat()),
    );
    // Metadata v12: a compact array whose length never ends.
    let endless = [&[0, 3, 0, 12, 0, 0, 0, 1, 0xff, 0xff, 0][..], &[0xff; 12]].concat();
    expect_close_after(&case, "an endless varint", &frame(&endless));
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn an_unknown_api_versions_version_is_answered_in_version_0() {
    let Some(case) = case("ApiVersions v99") else {
        return;
    };
    let mut wire = case.connect();
    wire.write(&frame(&[0, 18, 0, 99, 0, 0, 0, 7, 0, 1, b'x', 0]))
        .expect("write");
    let answer = wire.read_frame().expect("an answer");
    assert_eq!(answer[..4], [0, 0, 0, 7], "correlation id");
    let mut reader = Reader::new(&answer);
    reader.i32().expect("correlation id");
    let response =
        kop_codec::messages::ApiVersionsResponse::decode(&mut reader, 0).expect("version 0");
    reader.finish().expect("nothing more");
    assert_eq!(response.error_code, ErrorCode::UNSUPPORTED_VERSION);
    let own = response
        .api_keys
        .iter()
        .find(|api| api.api_key == ApiKey::API_VERSIONS.0)
        .expect("its own range");
    assert!(own.min_version == 0 && own.max_version >= 4, "{own:?}");
    // The connection goes on: the client tries again with a version that is in the range.
    let response = wire.call(3, &named_client()).expect("ApiVersions v3");
    assert_eq!(response.error_code, ErrorCode::NONE);
}

fn named_client() -> ApiVersionsRequest {
    ApiVersionsRequest {
        client_software_name: "kop-tests".into(),
        client_software_version: "1.0".into(),
        ..Default::default()
    }
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn a_client_software_name_with_odd_characters_is_invalid() {
    let Some(mut case) = case("client software name") else {
        return;
    };
    let request = ApiVersionsRequest {
        client_software_name: "no spaces".into(),
        ..named_client()
    };
    let response = case.wire.call(3, &request).expect("ApiVersions");
    assert_eq!(response.error_code, ErrorCode::INVALID_REQUEST);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn slow_and_stalled_peers_harm_nobody() {
    let Some(case) = case("slow peers") else {
        return;
    };
    let mut wire = case.connect();
    let request = wire.frame(3, &named_client()).expect("a frame");
    // Two hundred who announce a large frame, send its first byte, and wait. Apache Kafka reserves what is announced
    // and would run out of memory here; ours must not.
    let size = if matches!(case.target, Target::Own(_)) {
        50_i32 << 20
    } else {
        64 << 10
    };
    let announced = [&size.to_be_bytes()[..], &[0]].concat();
    let stalled: Vec<Wire> = (0..200)
        .map(|_| {
            let mut wire = case.connect();
            wire.write(&announced).expect("write");
            wire
        })
        .collect();
    // One who sends a byte at a time.
    for byte in &request {
        wire.write(&[*byte]).expect("write");
        kop_tests::pause(Duration::from_millis(2));
    }
    let response = wire
        .receive::<ApiVersionsRequest>(3)
        .expect("an answer in the end");
    assert_eq!(response.error_code, ErrorCode::NONE);
    assert_alive(&case);
    drop(stalled);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn pipelined_requests_are_answered_in_order() {
    let Some(case) = case("pipelining") else {
        return;
    };
    let mut wire = case.connect();
    let metadata = MetadataRequest {
        topics: Some(Vec::new()),
        ..Default::default()
    };
    let mut sent = Vec::new();
    for turn in 0..200 {
        sent.push(match turn % 2 {
            0 => wire.send(3, &named_client()).expect("send"),
            _ => wire.send(9, &metadata).expect("send"),
        });
    }
    for (turn, id) in sent.into_iter().enumerate() {
        let answered = match turn % 2 {
            0 => {
                wire.receive_any::<ApiVersionsRequest>(3)
                    .expect("an answer")
                    .0
            }
            _ => wire.receive_any::<MetadataRequest>(9).expect("an answer").0,
        };
        assert_eq!(answered, id);
    }
}
