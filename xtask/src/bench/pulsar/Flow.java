import io.streamnative.pulsar.handlers.kop.KafkaPayloadProcessor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.pulsar.client.api.Consumer;
import org.apache.pulsar.client.api.ConsumerBuilder;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.Schema;
import org.apache.pulsar.client.api.SubscriptionInitialPosition;
import org.apache.pulsar.client.api.SubscriptionType;

/**
 * OpenMessaging's shape: a producer at a fixed rate and consumers at the same time, each of either kind. All times are from
 * when a record was due to be sent, so that one which had to wait counts with its wait.
 */
final class Flow {
    private static final int WARM_SECONDS = 3;

    private final Commands.Args args;
    private final int rate;
    private final int records;
    private final long[] due;
    private final long[] published;
    private final long[] received;
    private final AtomicInteger came = new AtomicInteger();
    private final AtomicReference<Throwable> failed = new AtomicReference<>();
    private volatile boolean ready;
    private volatile boolean done;

    /** Sends a value, and afterwards says that it is stored. */
    private interface Sender extends AutoCloseable {
        void send(byte[] value, int number) throws Exception;
    }

    Flow(Commands.Args args) {
        this.args = args;
        rate = args.number("rate");
        records = rate * (WARM_SECONDS + args.number("seconds"));
        due = new long[records];
        published = new long[records];
        received = new long[records];
    }

    String run() throws Exception {
        try (AutoCloseable consumers = args.is("consumer", "kafka") ? kafkaConsumer() : pulsarConsumers();
                Sender sender = args.is("producer", "kafka") ? kafkaSender() : pulsarSender()) {
            long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (!ready) {
                check(limit, "the consumers are not ready");
            }
            send(sender);
            limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (came.get() < records) {
                check(limit, (records - came.get()) + " records have not come");
            }
        } finally {
            done = true;
        }
        return answer();
    }

    private void check(long limit, String what) throws Exception {
        if (failed.get() != null) {
            throw new IllegalStateException(failed.get());
        }
        if (System.nanoTime() > limit) {
            throw new IllegalStateException(what);
        }
        Thread.sleep(1);
    }

    private void send(Sender sender) throws Exception {
        byte[][] values = Commands.values(args.number("bytes"));
        long began = System.nanoTime();
        for (int i = 0; i < records; i++) {
            due[i] = began + i * 1_000_000_000L / rate;
            for (long wait; (wait = due[i] - System.nanoTime()) > 0; ) {
                LockSupport.parkNanos(wait);
            }
            byte[] value = values[i % values.length].clone();
            ByteBuffer.wrap(value).putInt(i);
            sender.send(value, i);
        }
    }

    private void stored(int number, Throwable error) {
        if (error != null) {
            failed.compareAndSet(null, error);
        }
        published[number] = System.nanoTime();
    }

    private void arrived(byte[] value) {
        arrived(ByteBuffer.wrap(value).getInt());
    }

    private void arrived(int number) {
        // A second delivery is none of these figures' business.
        if (received[number] == 0) {
            received[number] = System.nanoTime();
            came.incrementAndGet();
        }
    }

    private String answer() {
        return "{\"publishRate\":" + throughput(published) + ",\"consumeRate\":" + throughput(received)
            + quantiles("publish", published) + quantiles("endToEnd", received) + "}";
    }

    private double throughput(long[] times) {
        int warm = rate * WARM_SECONDS;
        long last = Arrays.stream(times, warm, records).max().getAsLong();
        return (records - warm) / ((last - due[warm]) / 1e9);
    }

    /** In milliseconds. */
    private String quantiles(String name, long[] times) {
        int warm = rate * WARM_SECONDS;
        long[] took = new long[records - warm];
        for (int i = 0; i < took.length; i++) {
            took[i] = times[warm + i] - due[warm + i];
        }
        Arrays.sort(took);
        StringBuilder out = new StringBuilder();
        for (double quantile : new double[] {0.5, 0.95, 0.99, 0.999}) {
            String digits = String.valueOf(quantile).substring(2);
            String label = digits.length() == 1 ? digits + "0" : digits;
            out.append(",\"").append(name).append('P').append(label).append("\":")
                .append(took[(int) (took.length * quantile)] / 1e6);
        }
        return out.toString();
    }

    private Sender kafkaSender() {
        KafkaProducer<byte[], byte[]> producer = Clients.kafkaProducer(args);
        String topic = args.get("topic");
        producer.partitionsFor(topic);
        return new Sender() {
            @Override
            public void send(byte[] value, int number) {
                producer.send(new ProducerRecord<>(topic, value), (sent, error) -> stored(number, error));
            }

            @Override
            public void close() {
                producer.close();
            }
        };
    }

    private Sender pulsarSender() throws Exception {
        PulsarClient client = Clients.pulsar(args);
        Producer<byte[]> producer = Clients.pulsarProducer(client, args);
        return new Sender() {
            @Override
            public void send(byte[] value, int number) {
                producer.sendAsync(value).whenComplete((sent, error) -> stored(number, error));
            }

            @Override
            public void close() throws Exception {
                producer.close();
                client.close();
            }
        };
    }

    /** One consumer. */
    private AutoCloseable kafkaConsumer() {
        Thread thread = new Thread(() -> {
            try (KafkaConsumer<byte[], byte[]> consumer = Clients.kafkaSubscriber(args)) {
                while (!done) {
                    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Clients.POLL)) {
                        arrived(record.value());
                    }
                    if (args.is("commit", "each")) {
                        consumer.commitAsync();
                    }
                    ready = ready || !consumer.assignment().isEmpty();
                }
            } catch (Throwable error) {
                failed.compareAndSet(null, error);
            }
        });
        thread.start();
        return () -> {
            done = true;
            thread.join();
        };
    }

    /** One for each partition, with pooled messages, all of which are acknowledged. */
    private AutoCloseable pulsarConsumers() throws Exception {
        PulsarClient client = Clients.pulsar(args);
        for (String partition : client.getPartitionsForTopic(args.get("topic")).get()) {
            ConsumerBuilder<ByteBuffer> builder = client.newConsumer(Schema.BYTEBUFFER)
                .topic(partition).subscriptionName("bench").subscriptionType(SubscriptionType.Failover).poolMessages(true)
                .subscriptionInitialPosition(SubscriptionInitialPosition.Earliest)
                .messageListener(this::take);
            if (args.is("format", "kafka")) {
                builder.messagePayloadProcessor(new KafkaPayloadProcessor());
            }
            builder.subscribe();
        }
        ready = true;
        return client;
    }

    private void take(Consumer<ByteBuffer> consumer, Message<ByteBuffer> message) {
        try {
            arrived(message.getValue().getInt(0));
            consumer.acknowledgeAsync(message);
        } finally {
            message.release();
        }
    }
}
