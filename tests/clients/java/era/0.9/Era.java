import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** kafka-clients 0.9: magic 0, no timestamps. */
final class Era {
    static final String[] CODECS = {"none", "gzip", "snappy", "lz4"};
    static final boolean HEADERS = false;
    static final boolean IDEMPOTENCE = false;
    static final boolean TRANSACTIONS = false;

    static String transactions(String bootstrap, String name, int count, boolean again) {
        throw new IllegalStateException("this client has no transactions that could be tested here");
    }

    /** There is no admin client: the server creates the topic when its metadata is asked for. */
    static void createTopic(String bootstrap, String topic, int partitions) {}

    static ProducerRecord<byte[], byte[]> record(String topic, Data.Rec rec) {
        return new ProducerRecord<>(topic, rec.partition, rec.key, rec.value);
    }

    static List<Data.Header> headers(ConsumerRecord<byte[], byte[]> record) {
        return new ArrayList<>();
    }

    static long timestamp(ConsumerRecord<byte[], byte[]> record) {
        return -1;
    }

    static ConsumerRecords<byte[], byte[]> poll(KafkaConsumer<byte[], byte[]> consumer, long ms) {
        return consumer.poll(ms);
    }

    static OffsetAndMetadata committed(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition) {
        return consumer.committed(partition);
    }

    private Era() {}
}
