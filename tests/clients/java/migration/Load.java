import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Sends the numbers 0, 1, 2 … to each partition, some hundred records a second, until it is ended. */
final class Load extends Thread {
    private final KafkaProducer<String, String> producer;
    private final String topic;
    private final long[] sent;
    private volatile boolean stop;

    Load(String bootstrap, String topic, int partitions) {
        this.topic = topic;
        sent = new long[partitions];
        Properties p = new Properties();
        p.put("bootstrap.servers", bootstrap);
        p.put("key.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        p.put("value.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        p.put("reconnect.backoff.max.ms", "200");
        producer = new KafkaProducer<>(p);
        setDaemon(true);
        start();
    }

    @Override
    public void run() {
        try {
            while (!stop) {
                synchronized (this) {
                    for (int partition = 0; partition < sent.length; partition++) {
                        producer.send(new ProducerRecord<>(topic, partition, null, Long.toString(sent[partition]++)));
                    }
                }
                Thread.sleep(15);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How many records each partition was sent so far. */
    synchronized long[] sent() {
        return sent.clone();
    }

    /** Sends no more, and returns how many there were. */
    long[] end() throws InterruptedException {
        stop = true;
        join();
        producer.close();
        return sent();
    }
}
