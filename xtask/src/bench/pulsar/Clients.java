import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.ProducerBuilder;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.PulsarClientException;
import org.apache.pulsar.client.api.SizeUnit;

/**
 * Both kinds of clients. `tuning` says how they are set: `drivers` as OpenMessaging's drivers, batches of 1 ms and at most
 * 1 MiB; `alike` the same, and as much on the way; `single` without batches; `defaults` not at all.
 */
final class Clients {
    static final Duration POLL = Duration.ofMillis(100);
    private static final int BATCH_BYTES = 1 << 20;
    private static final int BUFFER_MIB = 64;

    private Clients() {
    }

    private static Map<String, Object> kafka(Commands.Args args) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", args.get("bootstrap"));
        return config;
    }

    static KafkaProducer<byte[], byte[]> kafkaProducer(Commands.Args args) {
        Map<String, Object> config = kafka(args);
        config.put("acks", "all");
        if (!args.is("tuning", "defaults")) {
            config.put("linger.ms", "1");
            config.put("batch.size", args.is("tuning", "single") ? 0 : BATCH_BYTES);
            config.put("buffer.memory", BUFFER_MIB << 20);
        }
        if (args.is("tuning", "alike")) {
            // A request takes whatever is there for its broker.
            config.put("max.request.size", BUFFER_MIB << 20);
        }
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** A consumer of all partitions from their start. */
    static KafkaConsumer<byte[], byte[]> kafkaConsumer(Commands.Args args) {
        KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(kafka(args), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        for (PartitionInfo partition : consumer.partitionsFor(args.get("topic"))) {
            partitions.add(new TopicPartition(partition.topic(), partition.partition()));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }

    /** A consumer of a group, as OpenMessaging's driver makes it. */
    static KafkaConsumer<byte[], byte[]> kafkaSubscriber(Commands.Args args) {
        Map<String, Object> config = kafka(args);
        config.put("group.id", "bench-" + args.get("topic"));
        config.put("auto.offset.reset", "earliest");
        config.put("enable.auto.commit", args.is("commit", "each") ? "false" : "true");
        KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(args.get("topic")));
        return consumer;
    }

    static PulsarClient pulsar(Commands.Args args) throws PulsarClientException {
        return PulsarClient.builder().serviceUrl(args.get("service")).statsInterval(0, TimeUnit.SECONDS)
            .memoryLimit(BUFFER_MIB, SizeUnit.MEGA_BYTES).build();
    }

    static Producer<byte[]> pulsarProducer(PulsarClient client, Commands.Args args) throws PulsarClientException {
        ProducerBuilder<byte[]> producer = client.newProducer().topic(args.get("topic")).blockIfQueueFull(true);
        if (!args.is("tuning", "defaults")) {
            producer.maxPendingMessages(0).maxPendingMessagesAcrossPartitions(0).enableBatching(!args.is("tuning", "single"))
                .batchingMaxPublishDelay(1, TimeUnit.MILLISECONDS).batchingMaxBytes(BATCH_BYTES);
        }
        return producer.create();
    }
}
