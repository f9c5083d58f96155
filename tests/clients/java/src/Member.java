import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** A group member that polls in a thread of its own: old clients block in poll until the whole group has joined. */
final class Member extends Thread {
    final KafkaConsumer<byte[], byte[]> consumer;
    private volatile Set<TopicPartition> assigned = Collections.emptySet();
    private volatile boolean stop;
    private volatile Exception failure;

    Member(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        this.consumer = consumer;
        consumer.subscribe(Collections.singletonList(topic));
        setDaemon(true);
        start();
    }

    @Override
    public void run() {
        try {
            while (!stop) {
                Era.poll(consumer, 100);
                assigned = new HashSet<>(consumer.assignment());
            }
        } catch (Exception e) {
            failure = e;
        }
    }

    /** The partitions it had after its last poll. */
    Set<TopicPartition> assigned() throws Exception {
        if (failure != null) {
            throw failure;
        }
        return assigned;
    }

    /** Ends the thread; the consumer stays in the group and belongs to the caller. */
    void halt() throws Exception {
        stop = true;
        join();
        assigned();
    }
}
