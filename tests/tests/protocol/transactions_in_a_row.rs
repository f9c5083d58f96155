//! One transaction right behind the other.

use kop_codec::ErrorCode;
use kop_codec::messages::ProduceRequest;
use kop_records::{BatchBuilder, Compression};
use kop_tests::requests::produce;

use super::transactions::Producer;
use super::{Case, batch, case, now, unique};

impl Case {
    /// Writes one record in a transaction, whatever the answer.
    pub(super) fn write_once(
        &mut self,
        version: i16,
        id: &str,
        topic: &str,
        by: Producer,
        first: i32,
    ) -> ErrorCode {
        let builder = BatchBuilder::new(Compression::None)
            .producer(by.0, by.1, first)
            .transactional(true);
        let request = ProduceRequest {
            transactional_id: Some(id.into()),
            ..produce(topic, 0, batch(builder, &[(now(), "value")]))
        };
        let response = self.wire.call(version, &request).expect("Produce");
        response.responses[0].partition_responses[0].error_code
    }
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn a_transaction_may_begin_while_the_last_one_is_being_ended() {
    let Some(mut case) = case("a_transaction_may_begin_while_the_last_one_is_being_ended") else {
        return;
    };
    let (topic, id) = (case.topic(&[]), unique("id"));
    let mut producer = case.new_producer(&id);
    assert_eq!(case.write(12, &id, &topic, producer, 0), ErrorCode::NONE);
    // A client that is refused waits for long; the markers are there within a few milliseconds, but for moments at which
    // the machine has more to do.
    let mut refused = Vec::new();
    for round in 0..200 {
        producer = case.end(5, &id, producer, true).expect("committed");
        let error = case.write_once(12, &id, &topic, producer, 0);
        if error == ErrorCode::CONCURRENT_TRANSACTIONS {
            refused.push(round);
            assert_eq!(case.write(12, &id, &topic, producer, 0), ErrorCode::NONE);
        } else {
            assert_eq!(error, ErrorCode::NONE, "round {round}");
        }
    }
    assert!(refused.len() <= 5, "{refused:?}");
}
