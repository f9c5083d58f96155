use bytes::{Bytes, BytesMut};
use kop_codec::messages::{InitProducerIdRequest, ProduceRequest};
use kop_codec::{ErrorCode, Uuid};
use kop_records::{BatchBuilder, Compression};
use kop_service::Fault;

use crate::kit::{batch, fetch_request, fill, partitions, produce, produce_request, topic, values};
use crate::support::Client;

fn producer(id: i64, epoch: i16, sequence: i32) -> BatchBuilder {
    BatchBuilder::new(Compression::None).producer(id, epoch, sequence)
}

#[tokio::test]
async fn appends_at_every_version() {
    let client = Client::new();
    let id = topic(&client, "a", 1, &[]).await;
    for version in 0..=13 {
        let magic = if version < 2 {
            0
        } else if version == 2 {
            1
        } else {
            2
        };
        let records = fill(
            BatchBuilder::new(Compression::None).magic(magic),
            &["x", "y"],
        );
        let mut request = produce_request("a", 0, records);
        if version >= 13 {
            request.topic_data[0].topic_id = id;
            request.topic_data[0].name = Default::default();
        }
        let response = client.send(version, &request).await;
        let answer = &response.responses[0].partition_responses[0];
        assert_eq!(
            (answer.error_code, answer.base_offset),
            (ErrorCode::NONE, i64::from(version) * 2),
            "{version}"
        );
        assert_eq!(answer.log_append_time_ms, -1);
        assert_eq!(answer.log_start_offset, if version >= 5 { 0 } else { -1 });
    }
    let fetched = client.send(12, &fetch_request("a", &[(0, 0)])).await;
    assert_eq!(values(partitions(&fetched)[0]).len(), 28);
}

#[tokio::test]
async fn every_codec_large_and_small() {
    let client = Client::new();
    topic(&client, "a", 1, &[]).await;
    // Hardly compressible, so that the large ones are checked on another thread.
    let mut state = 1_u32;
    let noise: String = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b' ' + (state >> 24) as u8 % 94)
    })
    .take(100_000)
    .collect();
    use Compression::*;
    for codec in [None, Gzip, Snappy, Lz4, Zstd] {
        for value in ["small", &noise] {
            let answer = produce(&client, "a", 0, fill(BatchBuilder::new(codec), &[value])).await;
            assert_eq!(answer.error_code, ErrorCode::NONE, "{codec}");
            let fetched = client
                .send(12, &fetch_request("a", &[(0, answer.base_offset)]))
                .await;
            assert_eq!(
                values(partitions(&fetched)[0])[0],
                (answer.base_offset, value.to_owned())
            );
        }
    }
}

#[tokio::test]
async fn faults_of_topic_and_partition() {
    let client = Client::new();
    topic(&client, "a", 1, &[]).await;
    topic(&client, "__consumer_offsets", 1, &[]).await;
    for (name, partition, code) in [
        ("nope", 0, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION),
        ("a", 1, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION),
        ("a", -1, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION),
        ("__consumer_offsets", 0, ErrorCode::INVALID_TOPIC_EXCEPTION),
    ] {
        let answer = produce(&client, name, partition, batch(&["x"])).await;
        assert_eq!(
            (answer.error_code, answer.base_offset),
            (code, -1),
            "{name}-{partition}"
        );
    }
    let mut request = produce_request("", 0, batch(&["x"]));
    request.topic_data[0].topic_id = Uuid::from_bytes([9; 16]);
    let response = client.send(13, &request).await;
    assert_eq!(
        response.responses[0].partition_responses[0].error_code,
        ErrorCode::UNKNOWN_TOPIC_ID
    );
    assert_eq!(response.responses[0].topic_id, Uuid::from_bytes([9; 16]));
    assert!(
        client.broker().catalog().topic("nope").is_none(),
        "producing creates no topic"
    );
}

/// As Kafka: the whole batch is refused, and each record without a key is named.
#[tokio::test]
async fn compacted_topics_take_no_records_without_a_key() {
    let client = Client::new();
    topic(&client, "a", 1, &[("cleanup.policy", "compact")]).await;
    let records = |keys: &[Option<&[u8]>]| {
        let mut builder = BatchBuilder::new(Compression::None);
        for key in keys {
            builder.append(1_000, *key, Some(b"v"), &[]).unwrap();
        }
        builder.build().unwrap()
    };
    let refused = produce(&client, "a", 0, records(&[Some(b"k"), None, None])).await;
    assert_eq!(refused.error_code, ErrorCode::INVALID_RECORD);
    let named: Vec<_> = refused
        .record_errors
        .iter()
        .map(|e| e.batch_index)
        .collect();
    assert_eq!(named, [1, 2]);
    let taken = produce(&client, "a", 0, records(&[Some(b"k"), Some(b"")])).await;
    assert_eq!((taken.error_code, taken.base_offset), (ErrorCode::NONE, 0));
}

#[tokio::test]
async fn every_version_can_say_what_is_wrong() {
    let client = Client::new();
    topic(&client, "a", 1, &[]).await;
    let mut broken = BytesMut::from(&batch(&["x"])[..]);
    *broken.last_mut().unwrap() ^= 1;
    let broken = broken.freeze();
    for version in 0..=12 {
        for (name, code) in [
            ("nope", ErrorCode::UNKNOWN_TOPIC_OR_PARTITION),
            ("a", ErrorCode::CORRUPT_MESSAGE),
        ] {
            let response = client
                .send(version, &produce_request(name, 0, broken.clone()))
                .await;
            assert_eq!(
                response.responses[0].partition_responses[0].error_code, code,
                "version {version}"
            );
        }
    }
}

#[tokio::test]
async fn one_bad_partition_harms_no_other() {
    let client = Client::new();
    topic(&client, "a", 2, &[]).await;
    let mut request = produce_request("a", 0, batch(&["x"]));
    let bad = produce_request("a", 7, batch(&["x"]))
        .topic_data
        .remove(0)
        .partition_data
        .remove(0);
    let good = produce_request("a", 1, batch(&["y"]))
        .topic_data
        .remove(0)
        .partition_data
        .remove(0);
    request.topic_data[0].partition_data.extend([bad, good]);
    let response = client.send(9, &request).await;
    let answers: Vec<_> = response.responses[0]
        .partition_responses
        .iter()
        .map(|p| (p.index, p.error_code, p.base_offset))
        .collect();
    let missing = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
    assert_eq!(
        answers,
        [
            (0, ErrorCode::NONE, 0),
            (7, missing, -1),
            (1, ErrorCode::NONE, 0)
        ]
    );
}

#[tokio::test]
async fn faults_of_records() {
    let client = Client::new();
    let limits = [
        ("max.message.bytes", "200"),
        ("message.timestamp.after.max.ms", "1000"),
    ];
    topic(&client, "a", 1, &limits).await;
    let good = batch(&["x"]);
    let flipped = {
        let mut bytes = BytesMut::from(&good[..]);
        *bytes.last_mut().unwrap() ^= 1;
        bytes.freeze()
    };
    let future = {
        let mut builder = BatchBuilder::new(Compression::None);
        builder.append(i64::MAX / 2, None, Some(b"x"), &[]).unwrap();
        builder.build().unwrap()
    };
    for (records, code) in [
        (flipped, ErrorCode::CORRUPT_MESSAGE),
        (good.slice(..30), ErrorCode::INVALID_RECORD),
        (batch(&[&"x".repeat(200)]), ErrorCode::MESSAGE_TOO_LARGE),
        (future, ErrorCode::INVALID_TIMESTAMP),
        (Bytes::new(), ErrorCode::INVALID_RECORD),
        (
            fill(BatchBuilder::new(Compression::None).magic(1), &["x"]),
            ErrorCode::INVALID_RECORD,
        ),
        (
            fill(BatchBuilder::new(Compression::None).control(true), &["x"]),
            ErrorCode::INVALID_RECORD,
        ),
    ] {
        let answer = produce(&client, "a", 0, records).await;
        assert_eq!(answer.error_code, code, "{:?}", answer.error_message);
        assert!(answer.error_message.is_some());
        if code == ErrorCode::INVALID_TIMESTAMP {
            assert_eq!(answer.record_errors[0].batch_index, 0);
            assert!(answer.record_errors[0].batch_index_error_message.is_some());
        }
    }
    assert_eq!(
        produce(&client, "a", 0, good).await.base_offset,
        0,
        "nothing was appended before"
    );
}

#[tokio::test]
async fn log_append_time_is_told() {
    let client = Client::new();
    topic(
        &client,
        "a",
        1,
        &[("message.timestamp.type", "LogAppendTime")],
    )
    .await;
    let answer = produce(&client, "a", 0, batch(&["x"])).await;
    assert!(
        answer.log_append_time_ms > 1_600_000_000_000,
        "{}",
        answer.log_append_time_ms
    );
}

#[tokio::test]
async fn acks_0_has_no_answer_and_1_has_one() {
    let client = Client::new();
    topic(&client, "a", 1, &[]).await;
    let with = |acks, topic| ProduceRequest {
        acks,
        ..produce_request(topic, 0, batch(&["x"]))
    };
    assert_eq!(client.try_send(9, &with(0, "a")).await.unwrap(), None);
    assert_eq!(
        client.send(9, &with(1, "a")).await.responses[0].partition_responses[0].base_offset,
        1
    );
    let fault = client.try_send(9, &with(0, "nope")).await.unwrap_err();
    assert!(
        matches!(
            fault,
            Fault::Silent {
                code: ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
                ..
            }
        ),
        "{fault}"
    );
    for acks in [2, -2, i16::MAX, i16::MIN] {
        let response = client.send(9, &with(acks, "a")).await;
        assert_eq!(
            response.responses[0].partition_responses[0].error_code,
            ErrorCode::INVALID_REQUIRED_ACKS
        );
    }
    assert_eq!(produce(&client, "a", 0, batch(&["x"])).await.base_offset, 2);
}

#[tokio::test]
async fn an_idempotent_producer_is_held_to_its_sequence() {
    let client = Client::new();
    topic(&client, "a", 1, &[]).await;
    let send = async |epoch, sequence, values: &[&str]| {
        let answer = produce(&client, "a", 0, fill(producer(5, epoch, sequence), values)).await;
        (answer.error_code, answer.base_offset)
    };
    assert_eq!(send(0, 0, &["a", "b"]).await, (ErrorCode::NONE, 0));
    assert_eq!(send(0, 2, &["c"]).await, (ErrorCode::NONE, 2));
    assert_eq!(
        send(0, 0, &["a", "b"]).await,
        (ErrorCode::NONE, 0),
        "a duplicate gets its first offset"
    );
    assert_eq!(
        send(0, 5, &["d"]).await,
        (ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER, -1)
    );
    assert_eq!(send(1, 0, &["d"]).await, (ErrorCode::NONE, 3));
    assert_eq!(
        send(0, 3, &["d"]).await,
        (ErrorCode::INVALID_PRODUCER_EPOCH, -1)
    );
    let fetched = client.send(12, &fetch_request("a", &[(0, 0)])).await;
    let read: Vec<_> = values(partitions(&fetched)[0])
        .into_iter()
        .map(|(_, value)| value)
        .collect();
    assert_eq!(read, ["a", "b", "c", "d"]);
}

#[tokio::test]
async fn a_transactional_write_needs_a_transaction() {
    let client = Client::new();
    topic(&client, "a", 1, &[]).await;
    let records =
        |producer_id, epoch| fill(producer(producer_id, epoch, 0).transactional(true), &["x"]);
    let anonymous = produce(&client, "a", 0, records(5, 0)).await;
    assert_eq!(
        anonymous.error_code,
        ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED
    );
    let send = async |version, producer_id, epoch| {
        let request = ProduceRequest {
            transactional_id: Some("t".into()),
            ..produce_request("a", 0, records(producer_id, epoch))
        };
        let response = client.send(version, &request).await;
        response.responses[0].partition_responses[0].error_code
    };
    // Nobody has looked for a coordinator yet.
    assert_eq!(send(11, 5, 0).await, ErrorCode::NOT_ENOUGH_REPLICAS);
    let init = InitProducerIdRequest {
        transactional_id: Some("t".into()),
        transaction_timeout_ms: 60_000,
        ..InitProducerIdRequest::default()
    };
    let producer_id = client.send(5, &init).await.producer_id;
    assert_eq!(client.send(5, &init).await.producer_epoch, 1);
    for (version, other_id, epoch, error) in [
        (11, 1, 0, ErrorCode::INVALID_PRODUCER_ID_MAPPING),
        (11, 0, 0, ErrorCode::INVALID_PRODUCER_EPOCH),
        (10, 0, 1, ErrorCode::INVALID_TXN_STATE),
        (11, 0, 1, ErrorCode::TRANSACTION_ABORTABLE),
        (12, 0, 0, ErrorCode::INVALID_PRODUCER_EPOCH),
        // The partition is added by the write itself, and is there for an older client too.
        (12, 0, 1, ErrorCode::NONE),
        (11, 0, 1, ErrorCode::NONE),
    ] {
        let got = send(version, producer_id + other_id, epoch).await;
        assert_eq!(got, error, "version {version}, epoch {epoch}");
    }
    let fetched = client.send(12, &fetch_request("a", &[(0, 0)])).await;
    assert_eq!(partitions(&fetched)[0].last_stable_offset, 0);
}
