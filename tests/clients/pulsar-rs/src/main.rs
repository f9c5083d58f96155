//! Consumes with the crate `pulsar`: topics of the format `pulsar` as any program would, and those of the Kafka formats
//! with kop-entry's [`PayloadProcessor`].
//!
//! The consumer of that crate takes every batch apart by itself and drops those of Kafka's, so the processor is used with
//! the crate's protocol: its codec, its types. `kop-pulsar-rs plain|processor HOST:PORT TOPIC SECONDS` prints one line for
//! each message that arrives until that long nothing came: key, value and batch index. The topic is a partition or not
//! partitioned, and the broker the one that owns it.

use std::time::Duration;

use anyhow::{Context, bail};
use bytes::Bytes;
use futures::{SinkExt, StreamExt};
use kop_entry::PayloadProcessor;
use pulsar::consumer::{ConsumerOptions, InitialPosition};
use pulsar::message::{Codec, Message, Payload};
use pulsar::proto::{
    BaseCommand, CommandConnect, CommandFlow, CommandLookupTopic, CommandPong, CommandSubscribe,
    base_command::Type, command_subscribe::SubType,
};
use pulsar::{Consumer, Pulsar, TokioExecutor};
use tokio::net::TcpStream;
use tokio_util::codec::Framed;

/// Protocol version 12 is what the crate speaks.
const PROTOCOL_VERSION: i32 = 12;
const PERMITS: u32 = 1000;

struct Connection(Framed<TcpStream, Codec>);

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [how, address, topic, seconds] = &args[..] else {
        bail!("usage: kop-pulsar-rs plain|processor HOST:PORT TOPIC SECONDS");
    };
    let idle = Duration::from_secs(seconds.parse()?);
    match &how[..] {
        "plain" => plain(address, topic, idle).await,
        "processor" => processor(address, topic, idle).await,
        _ => bail!("{how} is neither plain nor processor"),
    }
}

/// The crate's own consumer.
async fn plain(address: &str, topic: &str, idle: Duration) -> anyhow::Result<()> {
    let pulsar = Pulsar::builder(format!("pulsar://{address}"), TokioExecutor)
        .build()
        .await?;
    let options = ConsumerOptions::default()
        .durable(false)
        .with_initial_position(InitialPosition::Earliest);
    let mut consumer: Consumer<Vec<u8>, _> = pulsar
        .consumer()
        .with_topic(topic)
        .with_subscription("kop-pulsar-rs-plain")
        .with_subscription_type(SubType::Exclusive)
        .with_options(options)
        .build()
        .await?;
    while let Ok(Some(message)) = tokio::time::timeout(idle, consumer.next()).await {
        let message = message?;
        let key = text(message.key_bytes()?.as_deref());
        let value = text(Some(&message.payload.data));
        println!("{key}\t{value}\t{}", message.message_id().batch_index());
        consumer.ack(&message).await?;
    }
    Ok(())
}

fn text(bytes: Option<&[u8]>) -> String {
    bytes.map_or_else(|| "null".to_owned(), |bytes| bytes.escape_ascii().to_string())
}

/// The crate's protocol, and our processor.
async fn processor(address: &str, topic: &str, idle: Duration) -> anyhow::Result<()> {
    let mut connection = Connection::open(address).await?;
    connection.subscribe(topic).await?;
    while let Ok(message) = tokio::time::timeout(idle, connection.next(Type::Message)).await {
        let payload = message?.payload.context("a message without a payload")?;
        let taken = payload.metadata.num_messages_in_batch.unwrap_or(1);
        print(payload)?;
        connection.flow(u32::try_from(taken)?).await?;
    }
    Ok(())
}

/// What a consumer does with an entry.
fn print(payload: Payload) -> anyhow::Result<()> {
    let properties = payload.metadata.properties.iter();
    if !PayloadProcessor::applies(properties.map(|pair| (&pair.key[..], &pair.value[..]))) {
        println!("not Kafka's: {} bytes", payload.data.len());
        return Ok(());
    }
    for message in PayloadProcessor::default().process(&Bytes::from(payload.data)) {
        let message = message?;
        let record = message.record;
        let (key, value) = (text(record.key.as_deref()), text(record.value.as_deref()));
        println!("{key}\t{value}\t{}", message.batch_index);
    }
    Ok(())
}

impl Connection {
    async fn open(address: &str) -> anyhow::Result<Self> {
        let mut connection = Self(Framed::new(TcpStream::connect(address).await?, Codec));
        let command = BaseCommand {
            r#type: Type::Connect as i32,
            connect: Some(CommandConnect {
                client_version: "kop".to_owned(),
                protocol_version: Some(PROTOCOL_VERSION),
                ..CommandConnect::default()
            }),
            ..BaseCommand::default()
        };
        connection.send(command).await?;
        connection.next(Type::Connected).await?;
        Ok(connection)
    }

    /// Reads from the first message on and leaves no trace at the broker.
    async fn subscribe(&mut self, topic: &str) -> anyhow::Result<()> {
        // A broker does not serve a topic that nobody has looked up.
        let lookup = BaseCommand {
            r#type: Type::Lookup as i32,
            lookup_topic: Some(CommandLookupTopic {
                topic: topic.to_owned(),
                request_id: 1,
                ..CommandLookupTopic::default()
            }),
            ..BaseCommand::default()
        };
        self.send(lookup).await?;
        self.next(Type::LookupResponse).await?;
        let subscribe = BaseCommand {
            r#type: Type::Subscribe as i32,
            subscribe: Some(CommandSubscribe {
                topic: topic.to_owned(),
                subscription: "kop-pulsar-rs".to_owned(),
                sub_type: SubType::Exclusive as i32,
                consumer_id: 1,
                request_id: 2,
                durable: Some(false),
                initial_position: Some(1),
                ..CommandSubscribe::default()
            }),
            ..BaseCommand::default()
        };
        self.send(subscribe).await?;
        self.next(Type::Success).await?;
        self.flow(PERMITS).await
    }

    async fn flow(&mut self, permits: u32) -> anyhow::Result<()> {
        self.send(BaseCommand {
            r#type: Type::Flow as i32,
            flow: Some(CommandFlow {
                consumer_id: 1,
                message_permits: permits,
            }),
            ..BaseCommand::default()
        })
        .await
    }

    async fn send(&mut self, command: BaseCommand) -> anyhow::Result<()> {
        let message = Message {
            command,
            payload: None,
        };
        Ok(self.0.send(message).await?)
    }

    /// The next command of this type; pings are answered.
    async fn next(&mut self, wanted: Type) -> anyhow::Result<Message> {
        loop {
            let message = self.0.next().await.context("the broker hung up")??;
            let command = &message.command;
            if command.r#type == wanted as i32 {
                return Ok(message);
            }
            if command.r#type == Type::Ping as i32 {
                self.send(BaseCommand {
                    r#type: Type::Pong as i32,
                    pong: Some(CommandPong {}),
                    ..BaseCommand::default()
                })
                .await?;
            } else if let Some(error) = &command.error {
                bail!("{}", error.message);
            }
        }
    }
}
