import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.concurrent.TimeUnit;
import org.apache.pulsar.client.api.*;
import org.apache.pulsar.client.api.transaction.Transaction;
import org.apache.pulsar.client.impl.*;

/** write URL: produces the messages. read URL TOPIC...: prints what the Java client reads, one JSON object a message. */
public class Vectors {
    static byte[] noise(int len, int seed) { byte[] b = new byte[len]; new Random(seed).nextBytes(b); return b; }

    public static void main(String[] args) throws Exception {
        try (PulsarClient client = PulsarClient.builder().serviceUrl(args[1]).enableTransaction(true).build()) {
            if (args[0].equals("write")) write(client, args[2]);
            else read(client, Arrays.asList(args).subList(2, args.length));
        }
    }

    static void messages(Producer<byte[]> p) throws Exception {
        p.newMessage().key("text key").value("one".getBytes()).property("a", "b").property("ü", "").eventTime(1_600_000_000_001L).sendAsync();
        p.newMessage().value("no key".getBytes()).sendAsync();
        p.newMessage().keyBytes(new byte[] {0, (byte) 0xff, 7}).value(new byte[0]).sendAsync();
        p.newMessage().key("k").orderingKey("ordering".getBytes()).value(noise(100, 1)).sendAsync();
        p.newMessage().key("tombstone").value(null).eventTime(5).sendAsync();
        p.newMessage().key("").value("z".repeat(3000).getBytes()).sendAsync();
        p.flush();
    }

    static ProducerBuilder<byte[]> producer(PulsarClient client, String topic) {
        return client.newProducer().topic(topic).producerName("java-vectors-" + topic.substring(topic.lastIndexOf('/') + 1))
            .batchingMaxPublishDelay(2, TimeUnit.SECONDS).batchingMaxMessages(100);
    }

    static void write(PulsarClient client, String ns) throws Exception {
        for (CompressionType codec : CompressionType.values()) {
            String name = codec.name().toLowerCase();
            try (Producer<byte[]> p = producer(client, ns + "/java-batched-" + name).compressionType(codec).create()) { messages(p); }
            try (Producer<byte[]> p = producer(client, ns + "/java-single-" + name).compressionType(codec).enableBatching(false).create()) { messages(p); }
        }
        for (CompressionType codec : new CompressionType[] {CompressionType.NONE, CompressionType.ZSTD}) {
            try (Producer<byte[]> p = producer(client, ns + "/java-chunked-" + codec.name().toLowerCase()).compressionType(codec)
                    .enableBatching(false).enableChunking(true).chunkMaxMessageSize(700).create()) {
                p.newMessage().key("chunked").property("p", "q").value(noise(2000, 2)).send();
                p.newMessage().value("short".getBytes()).send();
            }
        }
        try (Producer<byte[]> p = producer(client, ns + "/java-encrypted").addEncryptionKey("vector-key")
                .defaultCryptoKeyReader(Map.of("vector-key", "file:" + System.getProperty("publicKey"))).create()) {
            p.newMessage().value("secret".getBytes()).send();
        }
        try (Producer<String> p = client.newProducer(Schema.STRING).topic(ns + "/java-schema").producerName("java-vectors-schema").create()) {
            p.newMessage().key("k").value("with a schema").send();
        }
        try (Producer<byte[]> p = producer(client, ns + "/java-transaction").sendTimeout(0, TimeUnit.SECONDS).create()) {
            for (boolean commit : new boolean[] {true, false, true}) {
                Transaction txn = client.newTransaction().withTransactionTimeout(1, TimeUnit.MINUTES).build().get();
                p.newMessage(txn).value(("in a transaction " + commit).getBytes()).sendAsync();
                p.newMessage(txn).value("second".getBytes()).sendAsync();
                p.flush();
                if (commit) txn.commit().get(); else txn.abort().get();
            }
            p.newMessage().value("after".getBytes()).send();
        }
    }

    static String hex(byte[] b) { return b == null ? "null" : "\"" + HexFormat.of().formatHex(b) + "\""; }
    static String text(String s) { return "\"" + s.replace("\\", "\\\\").replace("\"", "\\\"") + "\""; }

    static void read(PulsarClient client, List<String> topics) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String topic : topics) {
            ConsumerBuilder<byte[]> builder = client.newConsumer();
            if (topic.contains("kafka"))
                builder.messagePayloadProcessor(new io.streamnative.pulsar.handlers.kop.KafkaPayloadProcessor());
            try (Consumer<byte[]> c = builder.topic(topic).subscriptionName("read-" + System.nanoTime())
                    .cryptoFailureAction(ConsumerCryptoFailureAction.CONSUME)
                    .subscriptionInitialPosition(SubscriptionInitialPosition.Earliest).subscribe()) {
                Message<byte[]> m;
                while ((m = c.receive(3, TimeUnit.SECONDS)) != null) {
                    String id = m.getMessageId().toString();
                    StringBuilder props = new StringBuilder();
                    new TreeMap<>(m.getProperties()).forEach((k, v) -> props.append(props.length() > 0 ? "," : "").append(text(k)).append(":").append(text(v)));
                    out.println("{\"topic\":" + text(topic) + ",\"id\":" + text(id) + ",\"keyHex\":" + (m.hasKey() ? hex(m.getKeyBytes()) : "null")
                        + ",\"orderingKeyHex\":" + (m.hasOrderingKey() ? hex(m.getOrderingKey()) : "null")
                        + ",\"valueHex\":" + hex(m.getValue()) + ",\"eventTime\":" + m.getEventTime() + ",\"publishTime\":" + m.getPublishTime()
                        + ",\"properties\":{" + props + "}}");
                }
            }
        }
    }
}
