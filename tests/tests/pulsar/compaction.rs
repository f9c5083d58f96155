//! What a group has committed stays what it is when Pulsar compacts the topic that holds it, also in transactions.

use std::time::Duration;

use kop_tests::librdkafka::{Reading, config, read_to_end};
use kop_tests::server::Server;
use kop_tests::wait_until;
use rdkafka::admin::{AdminClient, AdminOptions};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::producer::{DefaultProducerContext, Producer, ThreadedProducer};
use rdkafka::{Offset, TopicPartitionList};

use crate::{create, member, server};

const TOPIC: &str = "compaction";
const GROUP: &str = "compaction-group";
const TIMEOUT: Duration = Duration::from_secs(60);

type Transactional = ThreadedProducer<DefaultProducerContext>;

/// A producer of one transactional id. What the last one of that id has left open is aborted.
fn producer(bootstrap: &str) -> Transactional {
    let settings = [("transactional.id", "compaction")];
    let producer: Transactional = config(bootstrap, &settings).create().expect("a producer");
    producer.init_transactions(TIMEOUT).expect("init");
    producer
}

/// Begins a transaction with these offsets of the two partitions.
fn begin(bootstrap: &str, producer: &Transactional, offsets: [i64; 2]) {
    producer.begin_transaction().expect("begin");
    let mut list = TopicPartitionList::new();
    for (partition, offset) in (0..).zip(offsets) {
        list.add_partition_offset(TOPIC, partition, Offset::Offset(offset))
            .expect("an offset");
    }
    let consumer: BaseConsumer = config(bootstrap, &[("group.id", GROUP)])
        .create()
        .expect("a consumer");
    let metadata = consumer.group_metadata().expect("a group");
    producer
        .send_offsets_to_transaction(&list, &metadata, TIMEOUT)
        .expect("offsets");
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn offsets_of_transactions_outlive_compaction() {
    let Some((mut server, cluster)) = server("compaction", &[]) else {
        return;
    };
    create(&server, TOPIC, 2);
    let bootstrap = server.bootstrap();
    let holds = |server: &mut Server, round: &str, offsets: [i64; 2]| {
        cluster.compact("__consumer_offsets").expect("compaction");
        cluster.compact("__transaction_state").expect("compaction");
        server.restart().expect("restart");
        let committed = Reading::committed(&bootstrap, GROUP, TOPIC);
        let committed =
            committed.unwrap_or_else(|error| panic!("{round}: {error:#}\n{}", server.log()));
        let committed: Vec<_> = committed.into_iter().map(|(offset, _)| offset).collect();
        assert_eq!(committed, offsets, "{round}");
    };
    let writer = producer(&bootstrap);
    begin(&bootstrap, &writer, [5, 50]);
    writer.commit_transaction(TIMEOUT).expect("commit");
    holds(&mut server, "committed", [5, 50]);
    begin(&bootstrap, &writer, [7, 70]);
    writer.abort_transaction(TIMEOUT).expect("abort");
    holds(&mut server, "aborted", [5, 50]);
    begin(&bootstrap, &writer, [8, 80]);
    writer.commit_transaction(TIMEOUT).expect("commit");
    begin(&bootstrap, &writer, [9, 90]);
    cluster.compact("__consumer_offsets").expect("compaction");
    // As if the process had been killed: nobody ends the transaction, until another producer takes its place.
    std::mem::forget(writer);
    server.restart().expect("restart");
    drop(producer(&bootstrap));
    holds(&mut server, "left open, and taken over", [8, 80]);
}

/// A consumer of the topic with the groups comes to its end, also where compaction has left nothing before that.
#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn consumers_come_to_the_end_of_what_was_compacted() {
    let test = "compacted to the end";
    let Some((mut server, cluster)) = server(test, &["offsets.topic.num.partitions=1"]) else {
        return;
    };
    create(&server, TOPIC, 2);
    let bootstrap = server.bootstrap();
    for group in [GROUP, "deleted"] {
        let offsets = [(5, String::new()), (50, String::new())];
        let committed = member(&server, group, TOPIC).commit(&offsets);
        committed.expect("commit");
    }
    let admin: AdminClient<DefaultClientContext> = config(&bootstrap, &[]).create().expect("admin");
    // Its members leave when they are dropped, but nobody waits for that.
    let deleted = wait_until(TIMEOUT, || {
        let deleting = admin.delete_groups(&["deleted"], &AdminOptions::new());
        kop_tests::block_on(deleting).is_ok_and(|all| all.iter().all(Result::is_ok))
    });
    assert!(deleted, "the group is still there\n{}", server.log());
    cluster.compact("__consumer_offsets").expect("compaction");
    server.restart().expect("restart");
    for isolation in ["read_committed", "read_uncommitted"] {
        let found = read_to_end(&bootstrap, "__consumer_offsets", isolation);
        let found = found.unwrap_or_else(|error| panic!("{error:#}\n{}", server.log()));
        assert!(!found.is_empty(), "the other group is there");
    }
}
