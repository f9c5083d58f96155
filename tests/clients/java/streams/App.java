import java.time.Duration;
import java.util.Arrays;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.GlobalKTable;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.JoinWindows;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.StreamJoined;
import org.apache.kafka.streams.kstream.TimeWindows;

/**
 * A Kafka Streams application over the topics NAME-lines, -customers, -products, -payments and -orders. An order has the
 * customer as its key, and its number, product and amount as its value; a payment has the order's number as its key.
 */
final class App {
    private static final Serde<String> TEXT = Serdes.String();
    private static final Serde<Long> NUMBER = Serdes.Long();
    /** No record comes too late, however long the application was down. */
    private static final Duration GRACE = Duration.ofDays(1);

    static void run(String bootstrap, String name, String guarantee, String stateDir) {
        Properties p = new Properties();
        p.put("bootstrap.servers", bootstrap);
        p.put("application.id", name);
        p.put("processing.guarantee", guarantee);
        p.put("state.dir", stateDir);
        p.put("replication.factor", "1");
        p.put("commit.interval.ms", "100");
        // Every update is sent on, so that the results show each record that was counted twice.
        p.put("statestore.cache.max.bytes", "0");
        p.put("num.stream.threads", "1");
        p.put("session.timeout.ms", "3000");
        p.put("heartbeat.interval.ms", "500");
        p.put("metadata.max.age.ms", "5000");
        p.put("producer.transaction.timeout.ms", "5000");
        p.put("auto.offset.reset", "earliest");
        KafkaStreams streams = new KafkaStreams(topology(name), p);
        streams.setUncaughtExceptionHandler(error -> {
            error.printStackTrace();
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
        streams.start();
    }

    private static Topology topology(String name) {
        StreamsBuilder builder = new StreamsBuilder();
        Consumed<String, String> text = Consumed.with(TEXT, TEXT);
        Produced<String, String> texts = Produced.with(TEXT, TEXT);
        Produced<String, Long> numbers = Produced.with(TEXT, NUMBER);

        builder.stream(name + "-lines", text)
            .flatMapValues(line -> Arrays.asList(line.split(" ")))
            .groupBy((key, word) -> word, Grouped.with(TEXT, TEXT))
            .count(Materialized.with(TEXT, NUMBER))
            .toStream()
            .to(name + "-counts", numbers);

        KStream<String, String> orders = builder.stream(name + "-orders", text);
        KTable<String, String> customers = builder.table(name + "-customers", text);
        orders.join(customers, (order, customer) -> order + " " + customer).to(name + "-named", texts);

        GlobalKTable<String, String> products = builder.globalTable(name + "-products", text);
        orders.join(products, (customer, order) -> part(order, 1), (order, product) -> order + " " + product)
            .to(name + "-priced", texts);

        orders.groupByKey(Grouped.with(TEXT, TEXT))
            .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofSeconds(10), GRACE))
            .aggregate(() -> 0L, (key, order, sum) -> sum + Long.parseLong(part(order, 2)),
                Materialized.with(TEXT, NUMBER))
            .toStream()
            .map((window, sum) -> KeyValue.pair(window.key() + "@" + window.window().start(), sum))
            .to(name + "-sums", numbers);

        // Repartitioned too: who wrote them need not have used the partitioner of Streams.
        KStream<String, String> payments = builder.stream(name + "-payments", text).selectKey((order, payment) -> order);
        orders.selectKey((customer, order) -> part(order, 0))
            .join(payments, (order, payment) -> order + " " + payment,
                JoinWindows.ofTimeDifferenceAndGrace(Duration.ofMinutes(1), GRACE),
                StreamJoined.with(TEXT, TEXT, TEXT))
            .to(name + "-paid", texts);
        return builder.build();
    }

    private static String part(String order, int index) {
        return order.split(" ")[index];
    }

    private App() {}
}
