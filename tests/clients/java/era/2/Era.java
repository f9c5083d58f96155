import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/** kafka-clients 2.4 and newer. */
final class Era {
    static final String[] CODECS = {"none", "gzip", "snappy", "lz4", "zstd"};
    static final boolean HEADERS = true;
    static final boolean IDEMPOTENCE = true;
    static final boolean TRANSACTIONS = true;

    static String transactions(String bootstrap, String name, int count, boolean again) throws Exception {
        Transactions transactions = new Transactions(bootstrap, name, count);
        return again ? transactions.after() : transactions.before();
    }

    static void createTopic(String bootstrap, String topic, int partitions) throws Exception {
        Properties p = new Properties();
        p.put("bootstrap.servers", bootstrap);
        try (AdminClient admin = AdminClient.create(p)) {
            admin.createTopics(Collections.singleton(new NewTopic(topic, partitions, (short) 1))).all().get();
        }
    }

    static ProducerRecord<byte[], byte[]> record(String topic, Data.Rec rec) {
        ProducerRecord<byte[], byte[]> record =
            new ProducerRecord<>(topic, rec.partition, rec.timestamp, rec.key, rec.value);
        for (Data.Header header : rec.headers) {
            record.headers().add(header.key, header.value);
        }
        return record;
    }

    static List<Data.Header> headers(ConsumerRecord<byte[], byte[]> record) {
        List<Data.Header> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(new Data.Header(header.key(), header.value()));
        }
        return headers;
    }

    static long timestamp(ConsumerRecord<byte[], byte[]> record) {
        return record.timestamp();
    }

    static ConsumerRecords<byte[], byte[]> poll(KafkaConsumer<byte[], byte[]> consumer, long ms) {
        return consumer.poll(Duration.ofMillis(ms));
    }

    static OffsetAndMetadata committed(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition) {
        return consumer.committed(Collections.singleton(partition)).get(partition);
    }

    private Era() {}
}
