//! What a send of 1 KiB costs this process: `KOP_TEST_PULSAR=pulsar://… cargo run --release --example send_cost [COUNT]`.

use std::error::Error;
use std::time::Instant;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;
use kop_pulsar_client::{Client, ClientConfig, OutgoingEntry, ProducerOptions};

/// Entries without a receipt at any time.
const IN_FLIGHT: usize = 1000;

/// Linux counts processor time in hundredths of a second, whatever its timer does.
const MICROS_PER_TICK: u64 = 10_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let count: u64 = std::env::args()
        .nth(1)
        .map_or(Ok(200_000), |count| count.parse())?;
    let client = Client::new(ClientConfig {
        service_urls: vec![std::env::var("KOP_TEST_PULSAR")?],
        ..ClientConfig::default()
    })?;
    let producer = client
        .producer("public/default/send-cost", ProducerOptions::default())
        .await?;
    // producer_name "x", sequence_id 1, publish_time 1.
    let head = Bytes::from_static(&[0, 0, 0, 7, 0x0a, 1, b'x', 0x10, 1, 0x18, 1]);
    let payload = Bytes::from(vec![7; 1024]);
    let (mut receipts, mut stored) = (FuturesOrdered::new(), 0u64);
    let (began, cpu) = (Instant::now(), cpu_micros()?);
    for sequence_id in 0..count {
        if receipts.len() == IN_FLIGHT
            && let Some(receipt) = receipts.next().await
        {
            receipt?;
            stored += 1;
        }
        receipts.push_back(producer.send(OutgoingEntry {
            parts: [head.clone(), payload.clone()].into_iter().collect(),
            num_messages: 1,
            sequence_id,
            ..OutgoingEntry::default()
        }));
    }
    while let Some(receipt) = receipts.next().await {
        receipt?;
        stored += 1;
    }
    let (seconds, cpu) = (began.elapsed().as_secs_f64(), cpu_micros()? - cpu);
    #[expect(clippy::print_stdout, reason = "what it is for")]
    {
        println!(
            "{stored} entries of 1 KiB: {:.0}/s, {:.2} µs of CPU each",
            stored as f64 / seconds,
            cpu as f64 / stored as f64
        );
    }
    Ok(())
}

/// User and system time of this process.
fn cpu_micros() -> Result<u64, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name may hold anything, so fields are counted from its closing bracket.
    let (_, fields) = stat.rsplit_once(')').ok_or("no name")?;
    let mut ticks = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(str::parse::<u64>);
    let mut next = || ticks.next().ok_or("too few fields");
    Ok((next()?? + next()??) * MICROS_PER_TICK)
}
