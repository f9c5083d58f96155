import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** What an administrator can do about transactions, each step as one line of JSON. */
final class Administration {
    private static final long DEADLINE_MS = 60_000;

    private final String bootstrap;
    private final String name;
    private final TopicPartition partition;
    private final Admin admin;
    /** The end of the partition for those who read committed records. */
    private long stable = 0;

    private Administration(String bootstrap, String name) {
        this.bootstrap = bootstrap;
        this.name = name;
        this.partition = new TopicPartition(name, 0);
        Properties p = new Properties();
        p.put("bootstrap.servers", bootstrap);
        this.admin = Admin.create(p);
    }

    static void run(String bootstrap, String name) {
        Administration it = new Administration(bootstrap, name);
        step("create", it::create);
        step("abort", it::abort);
        step("fence", it::fence);
        step("terminate", it::terminate);
        System.exit(0);
    }

    private String create() throws Exception {
        admin.createTopics(Collections.singleton(new NewTopic(name, 1, (short) 1))).all().get();
        return name;
    }

    /** A transaction is found in lists, in its description and in the partition, and ended there. */
    private String abort() throws Exception {
        String id = name + "-hangs";
        KafkaProducer<byte[], byte[]> producer = open(id);
        TransactionListing listed = listed(id, new ListTransactionsOptions());
        check(listed.state() == TransactionState.ONGOING, listed);
        long producerId = listed.producerId();
        listed(id, new ListTransactionsOptions().filterStates(Collections.singleton(TransactionState.ONGOING)));
        listed(id, new ListTransactionsOptions().filterProducerIds(Collections.singleton(producerId)));
        TransactionDescription described =
            admin.describeTransactions(Collections.singleton(id)).description(id).get();
        check(described.state() == TransactionState.ONGOING && described.producerId() == producerId, described);
        check(described.topicPartitions().equals(Collections.singleton(partition)), described);
        check(described.transactionStartTimeMs().isPresent(), described);
        ProducerState state = active(producerId);
        check(state.currentTransactionStartOffset().getAsLong() == 0, state);
        int coordinator = state.coordinatorEpoch().orElse(0);
        short epoch = (short) state.producerEpoch();
        admin.abortTransaction(new AbortTransactionSpec(partition, producerId, epoch, Math.max(coordinator, 0)))
            .all().get();
        check(!active(producerId).currentTransactionStartOffset().isPresent(), active(producerId));
        stableBecomes(2);
        producer.close(java.time.Duration.ZERO);
        return listed + " was aborted";
    }

    private String fence() throws Exception {
        String id = name + "-fenced";
        try (KafkaProducer<byte[], byte[]> producer = open(id)) {
            admin.fenceProducers(Collections.singleton(id)).all().get();
            stableBecomes(stable + 2);
            return refused(producer);
        }
    }

    /** Newer clients can ask for it by the id alone. */
    private String terminate() throws Exception {
        Method method;
        try {
            method = Admin.class.getMethod("forceTerminateTransaction", String.class);
        } catch (NoSuchMethodException e) {
            return "this release cannot";
        }
        String id = name + "-terminated";
        try (KafkaProducer<byte[], byte[]> producer = open(id)) {
            Object result = method.invoke(admin, id);
            Object future = result.getClass().getMethod("result").invoke(result);
            ((org.apache.kafka.common.KafkaFuture<?>) future).get();
            stableBecomes(stable + 2);
            return refused(producer);
        }
    }

    private static String refused(KafkaProducer<byte[], byte[]> producer) {
        try {
            producer.commitTransaction();
        } catch (KafkaException e) {
            return e.getClass().getSimpleName();
        }
        throw new IllegalStateException("a producer that was fenced commits");
    }

    /** A producer with a record in an open transaction. */
    private KafkaProducer<byte[], byte[]> open(String id) throws Exception {
        Properties p = new Properties();
        p.put("bootstrap.servers", bootstrap);
        p.put("key.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
        p.put("value.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
        p.put("transactional.id", id);
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(p);
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(name, 0, null, "value".getBytes(StandardCharsets.UTF_8))).get();
        return producer;
    }

    private TransactionListing listed(String id, ListTransactionsOptions options) throws Exception {
        for (TransactionListing listing : admin.listTransactions(options).all().get()) {
            if (listing.transactionalId().equals(id)) {
                return listing;
            }
        }
        throw new IllegalStateException(id + " is not listed");
    }

    private ProducerState active(long producerId) throws Exception {
        List<ProducerState> states =
            admin.describeProducers(Collections.singleton(partition)).partitionResult(partition).get().activeProducers();
        for (ProducerState state : states) {
            if (state.producerId() == producerId) {
                return state;
            }
        }
        throw new IllegalStateException("no producer " + producerId + " among " + states);
    }

    private void stableBecomes(long end) throws Exception {
        Map<String, Object> p = new HashMap<>();
        p.put("bootstrap.servers", bootstrap);
        p.put("key.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer");
        p.put("value.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer");
        p.put("isolation.level", "read_committed");
        long deadline = System.currentTimeMillis() + DEADLINE_MS;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(p)) {
            while (stable != end) {
                check(System.currentTimeMillis() < deadline, stable + " instead of " + end);
                Thread.sleep(20);
                stable = consumer.endOffsets(Collections.singleton(partition)).get(partition);
            }
        }
    }

    private static void check(boolean condition, Object what) {
        if (!condition) {
            throw new IllegalStateException(String.valueOf(what));
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
        String text = detail.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        System.out.println("{\"step\":\"" + step + "\",\"ok\":" + ok + ",\"detail\":\"" + text + "\"}");
    }
}
