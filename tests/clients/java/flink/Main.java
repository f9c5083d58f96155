import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaPartitioner;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A job from NAME-in to the same partitions of NAME-out, exactly once, which fails now and then and goes on from its
 * last checkpoint; started again after it was killed, from the last one in its directory.
 */
public final class Main {
    /** After so many records the job fails, and then each time they have doubled: it has to get on in between. */
    private static final int FIRST_FAILURE = 256;

    public static void main(String[] args) throws Exception {
        if (args.length != 5 || !args[0].equals("loop")) {
            System.err.println("usage: loop BOOTSTRAP NAME WHO CHECKPOINT_DIR");
            System.exit(2);
        }
        String bootstrap = args[1], name = args[2], who = args[3];
        Path dir = Path.of(args[4]);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(configuration(dir));
        env.setParallelism(2);
        KafkaSource<String> source = KafkaSource.<String>builder()
                .setBootstrapServers(bootstrap)
                .setTopics(name + "-in")
                .setGroupId(name + "-loop")
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setDeserializer(new Read())
                .build();
        KafkaSink<String> sink = KafkaSink.<String>builder()
                .setBootstrapServers(bootstrap)
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionalIdPrefix(name + "-" + who)
                .setTransactionNamingStrategy(naming())
                .setProperty("transaction.timeout.ms", "20000")
                .setRecordSerializer(KafkaRecordSerializationSchema.<String>builder()
                        .setTopic(name + "-out")
                        .setPartitioner(new SamePartition())
                        .setValueSerializationSchema(new Write(who))
                        .build())
                .build();
        env.fromSource(source, WatermarkStrategy.noWatermarks(), "in").map(new Fail()).sinkTo(sink);
        env.execute(name);
    }

    /** How lingering transactions are found: by guessing their ids, or by ListTransactions. */
    private static TransactionNamingStrategy naming() {
        String wanted = System.getenv("KOP_FLINK_NAMING");
        return wanted == null ? TransactionNamingStrategy.DEFAULT : TransactionNamingStrategy.valueOf(wanted);
    }

    private static Configuration configuration(Path dir) throws IOException {
        Configuration c = new Configuration();
        c.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
        c.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, dir.toUri().toString());
        c.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(300));
        c.set(CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        c.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 100);
        c.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        c.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, Integer.MAX_VALUE);
        c.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(200));
        last(dir).ifPresent(path -> c.set(StateRecoveryOptions.SAVEPOINT_PATH, path.toUri().toString()));
        return c;
    }

    /** The directory of the last checkpoint that was finished. */
    private static Optional<Path> last(Path dir) throws IOException {
        try (Stream<Path> files = Files.walk(dir)) {
            return files.filter(file -> file.endsWith("_metadata"))
                    .max(Comparator.comparing(Main::modified))
                    .map(Path::getParent);
        }
    }

    private static java.nio.file.attribute.FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The partition, a space, and the value. */
    static final class Read implements KafkaRecordDeserializationSchema<String> {
        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<String> out) {
            out.collect(record.partition() + " " + new String(record.value(), StandardCharsets.UTF_8));
        }

        @Override
        public TypeInformation<String> getProducedType() {
            return Types.STRING;
        }
    }

    /** To the partition that the value was read from. */
    static final class SamePartition implements KafkaPartitioner<String> {
        @Override
        public int partition(String read, byte[] key, byte[] value, String topic, int[] partitions) {
            return Integer.parseInt(read.split(" ", 2)[0]);
        }
    }

    /** The value without its partition, a space and who wrote it. */
    static final class Write implements SerializationSchema<String> {
        private final String who;

        Write(String who) {
            this.who = who;
        }

        @Override
        public byte[] serialize(String read) {
            return (read.split(" ", 2)[1] + " " + who).getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Fails at powers of two. */
    static final class Fail implements MapFunction<String, String> {
        private static final AtomicInteger seen = new AtomicInteger();

        @Override
        public String map(String value) {
            int count = seen.incrementAndGet();
            if (count >= FIRST_FAILURE && Integer.bitCount(count) == 1) {
                throw new IllegalStateException("a failure on purpose after " + count + " records");
            }
            return value;
        }
    }

    private Main() {}
}
