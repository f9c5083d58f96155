import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;

/** A member of a group: reads, and commits what it has read, until it is stopped. */
final class Member extends Thread implements ConsumerRebalanceListener {
    private final Group group;
    private final KafkaConsumer<String, String> consumer;
    /** Read, and not committed yet. */
    private final Map<TopicPartition, OffsetAndMetadata> pending = new HashMap<>();
    private volatile boolean stop;

    Member(String bootstrap, String topic, Group group, int number, String protocol) {
        super(group.id + "-" + number + "-" + protocol);
        this.group = group;
        Properties p = new Properties();
        p.put("bootstrap.servers", bootstrap);
        p.put("key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        p.put("value.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        p.put("group.id", group.id);
        p.put("client.id", getName());
        p.put("enable.auto.commit", "false");
        p.put("auto.offset.reset", "earliest");
        p.put("group.protocol", protocol);
        p.put("reconnect.backoff.max.ms", "200");
        if (number == group.staticMember) {
            p.put("group.instance.id", group.id + "-static");
        }
        if (protocol.equals("classic")) {
            p.put("partition.assignment.strategy", "org.apache.kafka.clients.consumer." + group.assignor);
            p.put("session.timeout.ms", group.killed ? "6000" : "10000");
            p.put("heartbeat.interval.ms", "300");
        }
        consumer = new KafkaConsumer<>(p);
        consumer.subscribe(Collections.singleton(topic), this);
        setDaemon(true);
        start();
    }

    /** Ends it: it leaves its group, unless it is a static one of the classic protocol, which would come back. */
    void end() throws InterruptedException {
        stop = true;
        join();
    }

    @Override
    public void run() {
        try (consumer) {
            while (!stop) {
                for (ConsumerRecord<String, String> r : consumer.poll(Duration.ofMillis(100))) {
                    group.consumed(this, r.partition(), r.offset(), r.value());
                    pending.put(new TopicPartition(r.topic(), r.partition()), new OffsetAndMetadata(r.offset() + 1));
                }
                commit();
            }
        } catch (Throwable e) {
            e.printStackTrace();
            group.fail(e);
        }
    }

    private void commit() {
        if (pending.isEmpty()) {
            return;
        }
        group.attempt(pending);
        try {
            consumer.commitSync(pending);
            group.committed(pending);
            pending.clear();
        } catch (RebalanceInProgressException e) {
            // A cooperative member reads on while it joins. It commits after one of the next polls.
        } catch (CommitFailedException e) {
            // It is not a member any more, as far as the server knows. The next poll takes everything from it.
            if (!group.killed) {
                throw e;
            }
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        group.assigned(this, consumer.committed(new HashSet<>(partitions)));
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        commit();
        pending.keySet().removeAll(partitions);
        group.revoked(this, partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        pending.keySet().removeAll(partitions);
        group.lost(this, partitions);
    }

    @Override
    public String toString() {
        return getName();
    }
}
