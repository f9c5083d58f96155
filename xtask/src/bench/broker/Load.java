import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The client of the broker benchmark: one process for all servers, so that the same warm code loads each of them. It
 * takes its commands from {@link Commands}.
 */
public class Load {
    private static final long CONSUME_LIMIT_NANOS = 120_000_000_000L;

    private final Commands.Args args;

    public static void main(String[] unused) throws Exception {
        Commands.serve(args -> new Load(args).run());
    }

    private Load(Commands.Args args) {
        this.args = args;
    }

    private String run() throws Exception {
        switch (args.verb()) {
            case "create": return create();
            case "delete": return delete();
            case "produce": return produce();
            case "consume": return consume();
            case "latency": return latency();
            case "transactions": return transactions();
            case "fill": return fill();
            case "compact": return compact();
            default: throw new IllegalArgumentException("no verb " + args.verb());
        }
    }

    private int number(String key) {
        return args.number(key);
    }

    private Map<String, Object> config() {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", args.get("bootstrap"));
        return config;
    }

    private String create() throws Exception {
        int topics = number("topics");
        try (Admin admin = Admin.create(config())) {
            for (int from = 0; from < topics; from += 50) {
                List<NewTopic> some = new ArrayList<>();
                for (int topic = from; topic < Math.min(topics, from + 50); topic++) {
                    String name = topics == 1 ? args.get("topic") : args.get("topic") + "-" + topic;
                    some.add(new NewTopic(name, number("partitions"), (short) 1));
                }
                admin.createTopics(some).all().get();
            }
        }
        // Kafka makes the partitions after it has answered; a producer that comes before them can wait for minutes.
        Thread.sleep(1000);
        return "{}";
    }

    private String delete() throws Exception {
        try (Admin admin = Admin.create(config())) {
            admin.deleteTopics(List.of(args.get("topic"))).all().get();
        }
        return "{}";
    }

    private KafkaProducer<byte[], byte[]> producer(String lingerMs, String codec) {
        Map<String, Object> config = config();
        config.put("acks", "all");
        config.put("linger.ms", lingerMs);
        config.put("batch.size", "65536");
        config.put("compression.type", codec);
        config.put("delivery.timeout.ms", "40000");
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(config(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        for (PartitionInfo partition : consumer.partitionsFor(args.get("topic"))) {
            partitions.add(new TopicPartition(partition.topic(), partition.partition()));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }

    /** What each thread has used of the processors since this was made. */
    private static class Threads {
        private final ThreadMXBean bean = ManagementFactory.getThreadMXBean();
        private final Map<Long, Long> before = new HashMap<>();

        Threads() {
            for (long id : bean.getAllThreadIds()) {
                before.put(id, bean.getThreadCpuTime(id));
            }
        }

        /** Seconds of the busiest one. */
        double busiest() {
            long most = 0;
            for (long id : bean.getAllThreadIds()) {
                most = Math.max(most, bean.getThreadCpuTime(id) - before.getOrDefault(id, 0L));
            }
            return most / 1e9;
        }
    }

    private String produce() throws Exception {
        byte[][] values = Commands.values(number("bytes"));
        String topic = args.get("topic");
        int records = number("records");
        AtomicReference<Exception> failed = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer = producer("5", args.get("codec"))) {
            producer.partitionsFor(topic);
            Threads threads = new Threads();
            long began = System.nanoTime();
            for (int i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>(topic, values[i % values.length]), (metadata, error) -> {
                    if (error != null) {
                        failed.set(error);
                    }
                });
            }
            producer.flush();
            if (failed.get() != null) {
                throw failed.get();
            }
            return "{\"seconds\":" + (System.nanoTime() - began) / 1e9 + ",\"busiest\":" + threads.busiest() + "}";
        }
    }

    /** Records of so many keys, in an order without pattern. */
    private String fill() throws Exception {
        byte[][] values = Commands.values(number("bytes"));
        Random random = new Random(1);
        AtomicReference<Exception> failed = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer = producer("5", args.get("codec"))) {
            for (int i = 0; i < number("records"); i++) {
                byte[] key = ByteBuffer.allocate(16).putInt(random.nextInt(number("keys"))).array();
                producer.send(new ProducerRecord<>(args.get("topic"), key, values[i % values.length]), (metadata, error) -> {
                    if (error != null) {
                        failed.set(error);
                    }
                });
            }
            producer.flush();
        }
        if (failed.get() != null) {
            throw failed.get();
        }
        return "{}";
    }

    /** Has a topic compacted from now on, and says how long ago it asked for that. */
    private String compact() throws Exception {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, args.get("topic"));
        List<AlterConfigOp> changes = List.of(
            new AlterConfigOp(new ConfigEntry("min.cleanable.dirty.ratio", "0.01"), AlterConfigOp.OpType.SET),
            new AlterConfigOp(new ConfigEntry("cleanup.policy", "compact"), AlterConfigOp.OpType.SET));
        long began;
        try (Admin admin = Admin.create(config())) {
            admin.describeCluster().nodes().get();
            began = System.nanoTime();
            admin.incrementalAlterConfigs(Map.of(topic, changes)).all().get();
        }
        return "{\"seconds\":" + (System.nanoTime() - began) / 1e9 + "}";
    }

    /** One after the other, each from its beginning to the answer that it is committed. */
    private String transactions() throws Exception {
        byte[][] values = Commands.values(number("bytes"));
        String topic = args.get("topic");
        int records = number("records");
        long[] micros = new long[1_000_000];
        int count = 0;
        Map<String, Object> config = config();
        config.put("transactional.id", "transactions-of-" + records);
        config.put("linger.ms", "0");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.partitionsFor(topic);
            long began = System.nanoTime();
            long end = began + number("seconds") * 1_000_000_000L;
            long before = began;
            while (before < end && count < micros.length) {
                producer.beginTransaction();
                for (int i = 0; i < records; i++) {
                    producer.send(new ProducerRecord<>(topic, values[i % values.length]));
                }
                producer.commitTransaction();
                long now = System.nanoTime();
                micros[count++] = (now - before) / 1000;
                before = now;
            }
            long[] sorted = Arrays.copyOf(micros, count);
            Arrays.sort(sorted);
            return "{\"transactions\":" + count + ",\"seconds\":" + (before - began) / 1e9
                + ",\"p50\":" + sorted[count / 2] + ",\"p99\":" + sorted[(int) (count * 0.99)] + "}";
        }
    }

    private String consume() {
        long left = number("records");
        long bytes = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            Threads threads = new Threads();
            long began = System.nanoTime();
            while (left > 0) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    bytes += record.value().length;
                    left--;
                }
                if (System.nanoTime() - began > CONSUME_LIMIT_NANOS) {
                    throw new IllegalStateException(left + " records have not come");
                }
            }
            return "{\"seconds\":" + (System.nanoTime() - began) / 1e9 + ",\"busiest\":" + threads.busiest()
                + ",\"bytes\":" + bytes + "}";
        }
    }

    /** From when a record was due to be sent until a consumer has it, after a second of getting into stride. */
    private String latency() throws Exception {
        String topic = args.get("topic");
        int rate = number("rate");
        int warm = rate;
        int records = rate * number("seconds") + warm;
        long[] micros = new long[records];
        AtomicLong received = new AtomicLong();
        AtomicReference<Exception> failed = new AtomicReference<>();
        Thread reader = new Thread(() -> {
            try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
                received.set(0);
                while (received.get() < records && !Thread.interrupted()) {
                    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                        long due = ByteBuffer.wrap(record.value()).getLong();
                        micros[(int) received.getAndIncrement()] = (System.nanoTime() - due) / 1000;
                    }
                }
            } catch (Exception error) {
                failed.set(error);
            }
        });
        reader.start();
        Thread.sleep(500);
        long began = System.nanoTime();
        try (KafkaProducer<byte[], byte[]> producer = producer("0", "none")) {
            producer.partitionsFor(topic);
            began = System.nanoTime();
            for (int i = 0; i < records; i++) {
                long due = began + i * 1_000_000_000L / rate;
                for (long wait; (wait = due - System.nanoTime()) > 0; ) {
                    LockSupport.parkNanos(wait);
                }
                producer.send(new ProducerRecord<>(topic, ByteBuffer.allocate(100).putLong(due).array()));
            }
        }
        reader.join(30_000);
        reader.interrupt();
        if (failed.get() != null) {
            throw failed.get();
        }
        if (received.get() < records) {
            throw new IllegalStateException((records - received.get()) + " records have not come");
        }
        long[] sorted = Arrays.copyOfRange(micros, warm, records);
        Arrays.sort(sorted);
        return "{\"p50\":" + sorted[sorted.length / 2] + ",\"p99\":" + sorted[(int) (sorted.length * 0.99)] + "}";
    }
}
