import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.SubscriptionInitialPosition;

/**
 * The client of the Pulsar benchmark: Kafka's client and Pulsar's own in one process. `side` says which of them a command
 * is for. It takes its commands from {@link Commands}.
 */
public class PulsarLoad {
    private static final long LIMIT_SECONDS = 120;

    private final Commands.Args args;

    public static void main(String[] unused) throws Exception {
        Commands.serve(args -> new PulsarLoad(args).run());
    }

    private PulsarLoad(Commands.Args args) {
        this.args = args;
    }

    private String run() throws Exception {
        boolean kafka = args.is("side", "kafka");
        switch (args.verb()) {
            case "create": return create();
            case "delete": return rest("DELETE", "?force=true", null);
            case "produce": return kafka ? produceKafka() : produceNative();
            case "consume": return kafka ? consumeKafka() : consumeNative();
            case "flow": return new Flow(args).run();
            default: throw new IllegalArgumentException("no verb " + args.verb());
        }
    }

    /** A topic as Pulsar's own tools make it; how kop-server writes to it is a property. */
    private String create() throws Exception {
        String format = args.get("format");
        String properties = format.equals("native") ? "{}" : "{\"kafkaEntryFormat\":\"" + format + "\"}";
        return rest("PUT", "", "{\"partitions\":" + args.number("partitions") + ",\"properties\":" + properties + "}");
    }

    private String rest(String method, String query, String body) throws Exception {
        URL url = new URL(args.get("admin") + "/admin/v2/persistent/public/default/" + args.get("topic") + "/partitions"
            + query);
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        connection.setRequestMethod(method);
        if (body != null) {
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", "application/vnd.partitioned-topic-metadata+json");
            try (OutputStream out = connection.getOutputStream()) {
                out.write(body.getBytes(StandardCharsets.UTF_8));
            }
        }
        if (connection.getResponseCode() / 100 != 2) {
            throw new IllegalStateException(method + " " + url + ": " + connection.getResponseCode());
        }
        return "{}";
    }

    private String produceKafka() throws Exception {
        byte[][] values = Commands.values(args.number("bytes"));
        String topic = args.get("topic");
        int records = args.number("records");
        AtomicReference<Exception> failed = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer = Clients.kafkaProducer(args)) {
            // Pulsar's client makes its producers of all partitions when it is made; this one when it first writes to them.
            for (int partition = 0; partition < args.number("partitions"); partition++) {
                producer.send(new ProducerRecord<>(topic, partition, null, values[0])).get();
            }
            Stopwatch watch = new Stopwatch(args.get("pids"));
            for (int i = 0; i < records; i++) {
                Integer partition = args.is("spread", "each") ? i % args.number("partitions") : null;
                producer.send(new ProducerRecord<>(topic, partition, null, values[i % values.length]), (sent, error) -> {
                    if (error != null) {
                        failed.set(error);
                    }
                });
            }
            producer.flush();
            if (failed.get() != null) {
                throw failed.get();
            }
            return watch.answer();
        }
    }

    private String produceNative() throws Exception {
        byte[][] values = Commands.values(args.number("bytes"));
        int records = args.number("records");
        AtomicReference<Exception> failed = new AtomicReference<>();
        try (PulsarClient client = Clients.pulsar(args);
                Producer<byte[]> producer = Clients.pulsarProducer(client, args)) {
            Stopwatch watch = new Stopwatch(args.get("pids"));
            for (int i = 0; i < records; i++) {
                producer.sendAsync(values[i % values.length]).exceptionally(error -> {
                    failed.set(new IllegalStateException(error));
                    return null;
                });
            }
            producer.flush();
            if (failed.get() != null) {
                throw failed.get();
            }
            return watch.answer();
        }
    }

    private String consumeKafka() throws Exception {
        long left = args.number("records");
        try (KafkaConsumer<byte[], byte[]> consumer = Clients.kafkaConsumer(args)) {
            Stopwatch watch = new Stopwatch(args.get("pids"));
            while (left > 0) {
                left -= consumer.poll(Clients.POLL).count();
                if (watch.seconds() > LIMIT_SECONDS) {
                    throw new IllegalStateException(left + " records have not come");
                }
            }
            return watch.answer();
        }
    }

    /** As pulsar-perf does it: a listener that acknowledges every message. */
    private String consumeNative() throws Exception {
        AtomicLong left = new AtomicLong(args.number("records"));
        try (PulsarClient client = Clients.pulsar(args)) {
            Stopwatch watch = new Stopwatch(args.get("pids"));
            client.newConsumer().topic(args.get("topic")).subscriptionName("bench")
                .subscriptionInitialPosition(SubscriptionInitialPosition.Earliest)
                .messageListener((consumer, message) -> {
                    consumer.acknowledgeAsync(message);
                    left.decrementAndGet();
                }).subscribe();
            while (left.get() > 0) {
                if (watch.seconds() > LIMIT_SECONDS) {
                    throw new IllegalStateException(left + " messages have not come");
                }
                Thread.sleep(1);
            }
            return watch.answer();
        }
    }

    /** What a command takes: seconds, and seconds of CPU of processes. */
    private static final class Stopwatch {
        private final String[] pids;
        private final double[] cpuBefore;
        private final long began;

        Stopwatch(String pids) throws IOException {
            this.pids = pids.split(",");
            cpuBefore = new double[this.pids.length];
            for (int i = 0; i < cpuBefore.length; i++) {
                cpuBefore[i] = cpuSeconds(this.pids[i]);
            }
            began = System.nanoTime();
        }

        double seconds() {
            return (System.nanoTime() - began) / 1e9;
        }

        String answer() throws IOException {
            StringBuilder out = new StringBuilder("{\"seconds\":").append(seconds()).append(",\"cpu\":[");
            for (int i = 0; i < pids.length; i++) {
                out.append(i == 0 ? "" : ",").append(cpuSeconds(pids[i]) - cpuBefore[i]);
            }
            return out.append("]}").toString();
        }

        /** User and system, to a hundredth. */
        private static double cpuSeconds(String pid) throws IOException {
            String stat = Files.readString(Path.of("/proc", pid, "stat"));
            // The name before it may hold anything, in parentheses.
            String[] rest = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(rest[11]) + Long.parseLong(rest[12])) / 100.0;
        }
    }
}
