import io.streamnative.pulsar.handlers.kop.KafkaPayloadProcessor;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pulsar.client.api.CompressionType;
import org.apache.pulsar.client.api.Consumer;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.Schema;
import org.apache.pulsar.client.api.SubscriptionInitialPosition;
import org.apache.pulsar.client.api.TypedMessageBuilder;
import org.apache.pulsar.client.api.transaction.Transaction;

/** Pulsar's Java client; see tests/clients/README.md, "Pulsar's clients". */
public final class PulsarProgram {
    private final PulsarClient client;
    private final Map<String, Producer<byte[]>> producers = new HashMap<>();

    private PulsarProgram(PulsarClient client) {
        this.client = client;
    }

    public static void main(String[] args) throws Exception {
        boolean transactions = args[0].equals("transactions");
        try (PulsarClient client = PulsarClient.builder().serviceUrl(args[1]).enableTransaction(transactions).build()) {
            if (args[0].equals("produce")) {
                new PulsarProgram(client).produce();
            } else if (transactions) {
                new PulsarProgram(client).transactions();
            } else {
                consume(client, args);
            }
        }
        System.exit(0);
    }

    private Producer<byte[]> producer(String topic, String codec, boolean batched) {
        return producers.computeIfAbsent(topic + codec + batched, name -> {
            try {
                return client.newProducer().topic(topic).compressionType(CompressionType.valueOf(codec))
                    .enableBatching(batched).batchingMaxPublishDelay(20, TimeUnit.MILLISECONDS)
                    .batchingMaxMessages(40).blockIfQueueFull(true).create();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** A line: topic, codec, batched or single, key, hex of the value, time, then name and value of each property. */
    private void produce() throws Exception {
        List<CompletableFuture<?>> sent = new ArrayList<>();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] part = line.split("\t", -1);
            TypedMessageBuilder<byte[]> message = producer(part[0], part[1], part[2].equals("batched"))
                .newMessage(Schema.BYTES).eventTime(Long.parseLong(part[5]));
            if (!part[3].equals("-")) {
                message.key(part[3]);
            }
            message.value(part[4].equals("-") ? null : HexFormat.of().parseHex(part[4]));
            for (int i = 6; i + 1 < part.length; i += 2) {
                message.property(part[i], part[i + 1]);
            }
            sent.add(message.sendAsync());
        }
        for (Producer<byte[]> producer : producers.values()) {
            producer.flush();
        }
        for (CompletableFuture<?> future : sent) {
            future.get(60, TimeUnit.SECONDS);
        }
    }

    /** Does what each line says, and says ok when it is done: begin, send TOPIC VALUE, commit or abort. */
    private void transactions() throws Exception {
        Transaction transaction = null;
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] part = line.split("\t", -1);
            switch (part[0]) {
                case "begin" ->
                    transaction = client.newTransaction().withTransactionTimeout(5, TimeUnit.MINUTES).build().get();
                case "send" ->
                    transactional(part[1]).newMessage(transaction).value(part[2].getBytes(StandardCharsets.UTF_8)).send();
                case "commit" -> transaction.commit().get();
                case "abort" -> transaction.abort().get();
                default -> throw new IllegalArgumentException(line);
            }
            System.out.println("ok");
        }
    }

    /** Pulsar wants no timeout of those that take part in transactions. */
    private Producer<byte[]> transactional(String topic) {
        return producers.computeIfAbsent(topic, name -> {
            try {
                return client.newProducer().topic(topic).enableBatching(false)
                    .sendTimeout(0, TimeUnit.SECONDS).create();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** consume URL COUNT plain|processor TOPIC...: prints lines as produce reads them. */
    private static void consume(PulsarClient client, String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        for (int i = 4; i < args.length; i++) {
            var builder = client.newConsumer().topic(args[i]).subscriptionName("matrix-java")
                .subscriptionInitialPosition(SubscriptionInitialPosition.Earliest);
            if (args[3].equals("processor")) {
                builder.messagePayloadProcessor(new KafkaPayloadProcessor());
            }
            try (Consumer<byte[]> consumer = builder.subscribe()) {
                for (int n = Integer.parseInt(args[2]); n > 0; n--) {
                    Message<byte[]> message = consumer.receive(20, TimeUnit.SECONDS);
                    if (message == null) {
                        break;
                    }
                    print(out, args[i], message);
                    consumer.acknowledgeAsync(message);
                }
            }
        }
        out.flush();
    }

    private static void print(PrintStream out, String topic, Message<byte[]> message) {
        String value = message.getValue() == null ? "-" : HexFormat.of().formatHex(message.getValue());
        StringBuilder line = new StringBuilder(topic).append("\t-\t-\t")
            .append(key(message)).append('\t').append(value).append('\t').append(message.getEventTime());
        new TreeMap<>(message.getProperties()).forEach((k, v) -> line.append('\t').append(k).append('\t').append(v));
        out.println(line);
    }

    /** Entries that Kafka clients wrote have the bytes of the key, in base64, as Pulsar's keys that are not text. */
    private static String key(Message<byte[]> message) {
        return message.hasKey() ? new String(message.getKeyBytes(), StandardCharsets.UTF_8) : "-";
    }
}
