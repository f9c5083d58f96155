import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/** The steps of tests/clients/README.md with kafka-clients; what differs between releases is in Era. */
public final class Program {
    private static final long DEADLINE_MS = 60_000;

    private final String bootstrap;
    private final String topic;
    private final String group;
    private final int count;
    private final long start = System.currentTimeMillis();
    /** The member that stays in the group between the steps group and commit. */
    private Member first;

    private Program(String bootstrap, String name, int count) {
        this.bootstrap = bootstrap;
        this.topic = name;
        this.group = name + "-group";
        this.count = count;
    }

    public static void main(String[] args) {
        if (args.length != 4) {
            System.err.println("usage: before|after|read BOOTSTRAP NAME COUNT");
            System.exit(2);
        }
        Program program = new Program(args[1], args[2], Integer.parseInt(args[3]));
        if (args[0].equals("before")) {
            program.before();
        } else if (args[0].equals("read")) {
            step("read", () -> program.expectAll(false));
        } else {
            program.after();
        }
        System.exit(0);
    }

    private void before() {
        step("create", () -> create(topic));
        step("produce", this::produce);
        step("consume", () -> expectAll(true));
        step("group", this::group);
        step("commit", this::commit);
        if (Era.IDEMPOTENCE) {
            step("idempotent", () -> create(topic + "-idem") + ", " + idempotent(1));
        }
        if (Era.TRANSACTIONS) {
            step("transactions", () -> Era.transactions(bootstrap, topic, count, false));
        }
    }

    private void after() {
        step("committed", this::committed);
        step("resume", this::resume);
        step("reread", () -> expectAll(false));
        if (Era.IDEMPOTENCE) {
            step("idempotent", () -> idempotent(2));
        }
        if (Era.TRANSACTIONS) {
            step("transactions", () -> Era.transactions(bootstrap, topic, count, true));
        }
    }

    private static void step(String name, Callable<String> body) {
        try {
            print(name, true, body.call());
        } catch (Throwable e) {
            e.printStackTrace();
            print(name, false, e.toString());
            System.exit(1);
        }
    }

    private static void print(String step, boolean ok, String detail) {
        String text = detail.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\t", " ");
        System.out.println("{\"step\":\"" + step + "\",\"ok\":" + ok + ",\"detail\":\"" + text + "\"}");
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalStateException(message);
        }
    }

    private String create(String name) throws Exception {
        Era.createTopic(bootstrap, name, 2);
        long deadline = System.currentTimeMillis() + DEADLINE_MS;
        try (KafkaProducer<byte[], byte[]> producer = producer("none", false)) {
            while (producer.partitionsFor(name).size() != 2) {
                check(System.currentTimeMillis() < deadline, name + " does not get two partitions");
                Thread.sleep(100);
            }
        }
        return name + " with 2 partitions";
    }

    private String produce() throws Exception {
        for (String codec : Era.CODECS) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            try (KafkaProducer<byte[], byte[]> producer = producer(codec, false)) {
                for (int i = 0; i < count; i++) {
                    sent.add(producer.send(Era.record(topic, Data.record(codec, i, start, Era.HEADERS))));
                }
                producer.flush();
                for (Future<RecordMetadata> future : sent) {
                    future.get();
                }
            }
        }
        return Era.CODECS.length * count + " records, codecs " + Arrays.toString(Era.CODECS);
    }

    /** Reads both partitions from the earliest offset and compares every record. */
    private String expectAll(boolean timestamps) throws Exception {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(null)) {
            consumer.assign(Arrays.asList(new TopicPartition(topic, 0), new TopicPartition(topic, 1)));
            return expect(consumer, new long[] {0, 0}, timestamps);
        }
    }

    /** Polls until both partitions are read to their ends, starting at the given offsets. */
    private String expect(KafkaConsumer<byte[], byte[]> consumer, long[] from, boolean timestamps) throws Exception {
        List<List<Data.Rec>> expected = new ArrayList<>();
        for (int p = 0; p < 2; p++) {
            expected.add(Data.partition(p, Era.CODECS, count, Era.HEADERS));
        }
        long[] next = from.clone();
        long deadline = System.currentTimeMillis() + DEADLINE_MS;
        while (next[0] < expected.get(0).size() || next[1] < expected.get(1).size()) {
            check(System.currentTimeMillis() < deadline, "stuck at offsets " + Arrays.toString(next));
            for (ConsumerRecord<byte[], byte[]> got : Era.poll(consumer, 100)) {
                int p = got.partition();
                check(got.offset() == next[p], "partition " + p + ": offset " + got.offset() + " instead of " + next[p]);
                check(next[p] < expected.get(p).size(), "partition " + p + ": a record too many: " + got);
                Data.Rec want = expected.get(p).get((int) next[p]);
                Data.Rec have = new Data.Rec(p, Era.timestamp(got), got.key(), got.value(), Era.headers(got));
                check(want.same(have), "offset " + got.offset() + ": " + have + " instead of " + want);
                long i = p + 2 * (next[p] % (count / 2));
                check(!timestamps || have.timestamp < 0 || have.timestamp == start + i, "timestamp of " + have);
                next[p]++;
            }
        }
        check(Era.poll(consumer, 300).isEmpty(), "there are more records than were sent");
        return (next[0] - from[0] + next[1] - from[1]) + " records from " + Arrays.toString(from);
    }

    private String group() throws Exception {
        first = new Member(consumer(group), topic);
        await("the first member has both", () -> first.assigned().size() == 2);
        Member second = new Member(consumer(group), topic);
        await("each has one", () -> {
            Set<TopicPartition> both = new HashSet<>(first.assigned());
            both.addAll(second.assigned());
            return first.assigned().size() == 1 && second.assigned().size() == 1 && both.size() == 2;
        });
        second.halt();
        second.consumer.close();
        await("the first has both again", () -> first.assigned().size() == 2);
        return "2, then 1 and 1, then 2";
    }

    private String commit() throws Exception {
        first.halt();
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (int p = 0; p < 2; p++) {
            offsets.put(new TopicPartition(topic, p), new OffsetAndMetadata(commits()[p], "at " + p));
        }
        first.consumer.commitSync(offsets);
        first.consumer.close();
        return committed();
    }

    private static void await(String what, Callable<Boolean> done) throws Exception {
        long deadline = System.currentTimeMillis() + DEADLINE_MS;
        while (!done.call()) {
            check(System.currentTimeMillis() < deadline, "in vain: " + what);
            Thread.sleep(20);
        }
    }

    private long[] commits() {
        long size = (long) Era.CODECS.length * count / 2;
        return new long[] {size / 2, size / 4};
    }

    private String committed() throws Exception {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(group)) {
            for (int p = 0; p < 2; p++) {
                OffsetAndMetadata got = Era.committed(consumer, new TopicPartition(topic, p));
                check(got != null, "partition " + p + " has no committed offset");
                check(got.offset() == commits()[p] && got.metadata().equals("at " + p), p + ": committed is " + got);
            }
        }
        return Arrays.toString(commits());
    }

    private String resume() throws Exception {
        KafkaConsumer<byte[], byte[]> consumer = consumer(group);
        consumer.subscribe(Arrays.asList(topic));
        String detail = expect(consumer, commits(), false);
        consumer.close();
        return detail;
    }

    /** Sends a round of records and reads all rounds so far: each there once, in order. */
    private String idempotent(int rounds) throws Exception {
        String name = topic + "-idem";
        try (KafkaProducer<byte[], byte[]> producer = producer("none", true)) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                byte[] value = Data.bytes("idem-" + rounds + "-" + i);
                Data.Rec rec = new Data.Rec(i % 2, start + i, null, value, new ArrayList<>());
                sent.add(producer.send(Era.record(name, rec)));
            }
            for (Future<RecordMetadata> future : sent) {
                future.get();
            }
        }
        int[] next = new int[2];
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(null)) {
            consumer.assign(Arrays.asList(new TopicPartition(name, 0), new TopicPartition(name, 1)));
            long deadline = System.currentTimeMillis() + DEADLINE_MS;
            while (next[0] + next[1] < rounds * count) {
                check(System.currentTimeMillis() < deadline, "stuck at " + Arrays.toString(next));
                for (ConsumerRecord<byte[], byte[]> got : Era.poll(consumer, 100)) {
                    int p = got.partition();
                    int n = next[p]++;
                    String want = "idem-" + (1 + n / (count / 2)) + "-" + (p + 2 * (n % (count / 2)));
                    check(want.equals(Data.text(got.value())), Data.text(got.value()) + " instead of " + want);
                }
            }
            check(Era.poll(consumer, 300).isEmpty(), "there are more records than were sent");
        }
        return rounds * count + " records once and in order";
    }

    private KafkaProducer<byte[], byte[]> producer(String codec, boolean idempotent) {
        Properties p = new Properties();
        p.put("bootstrap.servers", bootstrap);
        p.put("key.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
        p.put("value.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
        p.put("compression.type", codec);
        p.put("acks", "all");
        p.put("linger.ms", "5");
        if (idempotent) {
            p.put("enable.idempotence", "true");
            p.put("retries", "100");
        }
        return new KafkaProducer<>(p);
    }

    private KafkaConsumer<byte[], byte[]> consumer(String groupId) {
        Properties p = new Properties();
        p.put("bootstrap.servers", bootstrap);
        p.put("key.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer");
        p.put("value.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer");
        p.put("auto.offset.reset", "earliest");
        p.put("enable.auto.commit", "false");
        p.put("metadata.max.age.ms", "1000");
        if (groupId != null) {
            p.put("group.id", groupId);
        }
        String protocol = System.getenv("KOP_GROUP_PROTOCOL");
        if (protocol != null) {
            // Here the server says how often heartbeats come.
            p.put("group.protocol", protocol);
        } else {
            p.put("session.timeout.ms", "10000");
            p.put("heartbeat.interval.ms", "500");
        }
        return new KafkaConsumer<>(p);
    }
}
