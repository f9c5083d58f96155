import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;

/** The steps with transactions of tests/clients/README.md. */
final class Transactions {
    private static final long DEADLINE_MS = 60_000;

    private final String bootstrap;
    private final String name;
    private final int count;
    private final String in;
    private final String out;

    Transactions(String bootstrap, String name, int count) {
        this.bootstrap = bootstrap;
        this.name = name;
        this.count = count;
        this.in = name + "-txn";
        this.out = name + "-txn-out";
    }

    /** Commits, aborts, loops, fences; leaves a transaction open. */
    String before() throws Exception {
        Era.createTopic(bootstrap, in, 2);
        Era.createTopic(bootstrap, out, 2);
        try (KafkaProducer<byte[], byte[]> producer = producer("writer")) {
            write(producer, "one", true);
            write(producer, "two", false);
            write(producer, "three", true);
        }
        check(in, "one", "three");
        long looped = loop();
        check(out, "ONE", "THREE");
        fence();
        check(in, "one", "three", "fencer");
        KafkaProducer<byte[], byte[]> open = producer("open");
        open.beginTransaction();
        send(open, in, "open");
        open.flush();
        // Behind the open transaction nothing is stable.
        try (KafkaProducer<byte[], byte[]> producer = producer("writer")) {
            write(producer, "behind", true);
        }
        check(in, "one", "three", "fencer");
        return "commit, abort, " + looped + " transactions in a loop, fenced, one left open";
    }

    /** The open transaction is taken over, and everything goes on. */
    String after() throws Exception {
        try (KafkaProducer<byte[], byte[]> open = producer("open")) {
            check(in, "one", "three", "fencer", "behind");
            write(open, "after", true);
        }
        check(in, "one", "three", "fencer", "behind", "after");
        long looped = loop();
        check(out, "ONE", "THREE", "FENCER", "BEHIND", "AFTER");
        return "the open transaction was aborted, " + looped + " more transactions in a loop";
    }

    private KafkaProducer<byte[], byte[]> producer(String id) {
        Properties p = common();
        p.put("transactional.id", name + "-" + id);
        p.put("key.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
        p.put("value.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(p);
        producer.initTransactions();
        return producer;
    }

    private Properties common() {
        Properties p = new Properties();
        p.put("bootstrap.servers", bootstrap);
        return p;
    }

    private KafkaConsumer<byte[], byte[]> consumer(String isolation, String group) {
        Properties p = common();
        p.put("isolation.level", isolation);
        p.put("auto.offset.reset", "earliest");
        p.put("enable.auto.commit", "false");
        if (group != null) {
            p.put("group.id", group);
        }
        p.put("key.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer");
        p.put("value.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer");
        return new KafkaConsumer<>(p);
    }

    private void write(KafkaProducer<byte[], byte[]> producer, String what, boolean commit) throws Exception {
        producer.beginTransaction();
        send(producer, in, what);
        if (commit) {
            producer.commitTransaction();
        } else {
            producer.flush();
            producer.abortTransaction();
        }
    }

    private void send(KafkaProducer<byte[], byte[]> producer, String topic, String what) {
        for (int i = 0; i < count; i++) {
            producer.send(new ProducerRecord<>(topic, i % 2, null, bytes(what + "-" + i)));
        }
    }

    /** The old producer of a transactional id must not commit once another has taken the id over. */
    private void fence() throws Exception {
        try (KafkaProducer<byte[], byte[]> old = producer("fenced")) {
            old.beginTransaction();
            send(old, in, "fenced");
            old.flush();
            try (KafkaProducer<byte[], byte[]> young = producer("fenced")) {
                write(young, "fencer", true);
            }
            try {
                old.commitTransaction();
                throw new IllegalStateException("the old producer committed");
            } catch (ProducerFencedException | InvalidProducerEpochException fenced) {
                // As it should.
            }
        }
    }

    /** Consumes, transforms, produces: everything that is committed in the one topic gets into the other once. */
    private long loop() throws Exception {
        long transactions = 0;
        long deadline = System.currentTimeMillis() + DEADLINE_MS;
        try (KafkaProducer<byte[], byte[]> producer = producer("loop");
                KafkaConsumer<byte[], byte[]> consumer = consumer("read_committed", name + "-txn-group")) {
            consumer.subscribe(Arrays.asList(in));
            Map<TopicPartition, Long> ends = ends(consumer, in);
            boolean abort = true;
            while (!reached(consumer, ends)) {
                if (System.currentTimeMillis() > deadline) {
                    throw new IllegalStateException("the loop is stuck");
                }
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(200));
                if (records.isEmpty()) {
                    continue;
                }
                producer.beginTransaction();
                Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    byte[] value = bytes(text(record.value()).toUpperCase());
                    producer.send(new ProducerRecord<>(out, record.partition(), null, value));
                    offsets.put(
                            new TopicPartition(record.topic(), record.partition()),
                            new OffsetAndMetadata(record.offset() + 1));
                }
                producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
                transactions++;
                if (abort) {
                    producer.abortTransaction();
                    rewind(consumer);
                } else {
                    producer.commitTransaction();
                }
                abort = !abort;
            }
        }
        return transactions;
    }

    /** Back to what is committed. */
    private void rewind(KafkaConsumer<byte[], byte[]> consumer) {
        for (TopicPartition partition : consumer.assignment()) {
            Map<TopicPartition, OffsetAndMetadata> committed =
                    consumer.committed(new java.util.HashSet<>(Arrays.asList(partition)));
            OffsetAndMetadata offset = committed.get(partition);
            consumer.seek(partition, offset == null ? 0 : offset.offset());
        }
    }

    private static boolean reached(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        if (consumer.assignment().size() < ends.size()) {
            return false;
        }
        for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
            if (consumer.position(end.getKey()) < end.getValue()) {
                return false;
            }
        }
        return true;
    }

    private static Map<TopicPartition, Long> ends(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        return consumer.endOffsets(Arrays.asList(new TopicPartition(topic, 0), new TopicPartition(topic, 1)));
    }

    /** What read_committed sees of a topic is exactly this, in order. */
    private void check(String topic, String... whats) {
        Map<Integer, List<String>> wanted = new TreeMap<>();
        for (int p = 0; p < 2; p++) {
            List<String> of = new ArrayList<>();
            for (String what : whats) {
                for (int i = p; i < count; i += 2) {
                    of.add(what + "-" + i);
                }
            }
            wanted.put(p, of);
        }
        Map<Integer, List<String>> got = new TreeMap<>();
        got.put(0, new ArrayList<>());
        got.put(1, new ArrayList<>());
        long deadline = System.currentTimeMillis() + DEADLINE_MS;
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("read_committed", null)) {
            consumer.assign(Arrays.asList(new TopicPartition(topic, 0), new TopicPartition(topic, 1)));
            // Markers that are still to come move the end on.
            while (size(got) < size(wanted) || !reached(consumer, ends(consumer, topic))) {
                if (System.currentTimeMillis() > deadline) {
                    throw new IllegalStateException(size(got) + " of " + size(wanted) + " records of " + topic);
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    got.get(record.partition()).add(text(record.value()));
                }
            }
        }
        if (!got.equals(wanted)) {
            throw new IllegalStateException(topic + " has " + got + " instead of " + wanted);
        }
    }

    private static int size(Map<Integer, List<String>> records) {
        return records.values().stream().mapToInt(List::size).sum();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
