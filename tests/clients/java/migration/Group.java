import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * What the members of a group may believe, all of them together: a partition has one owner, which goes on where the group
 * has committed, and reads every record.
 */
final class Group {
    final String id;
    final String assignor;
    /** The server is killed meanwhile: then members may lose what they own, and records that are not committed are read again. */
    final boolean killed;
    /** Which member is a static one. */
    final int staticMember;
    private final Member[] owners;
    /** The next offset to be read of each partition. */
    private final long[] next;
    /** What the group is known to have committed, and what it may have committed. */
    private final long[] committed;
    private final long[] attempted;
    private long records;
    private long again;
    private long moves;
    private long lost;
    private Throwable failure;

    Group(String id, String assignor, int staticMember, int partitions, boolean killed) {
        this.id = id;
        this.assignor = assignor;
        this.killed = killed;
        this.staticMember = staticMember;
        owners = new Member[partitions];
        next = new long[partitions];
        committed = new long[partitions];
        attempted = new long[partitions];
    }

    /** A member was given these partitions, which the server says are committed up to there. */
    synchronized void assigned(Member member, Map<TopicPartition, OffsetAndMetadata> positions) {
        positions.forEach((partition, offset) -> {
            int p = partition.partition();
            check(owners[p] == null, partition + " is given to " + member + ", but is owned by " + owners[p]);
            owners[p] = member;
            moves++;
            long position = offset == null ? 0 : offset.offset();
            check(committed[p] <= position && position <= attempted[p], partition + " of " + member + " is committed up to "
                + position + ", instead of " + committed[p] + " (asked for " + attempted[p] + ")");
            again += next[p] - position;
            next[p] = position;
        });
    }

    synchronized void revoked(Member member, Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            int p = partition.partition();
            check(owners[p] == member, partition + " is taken from " + member + ", but is owned by " + owners[p]);
            owners[p] = null;
        }
    }

    /** The member was thrown out, and others may own its partitions already. */
    synchronized void lost(Member member, Collection<TopicPartition> partitions) {
        lost++;
        System.err.println(member + " has lost " + partitions);
        for (TopicPartition partition : partitions) {
            if (owners[partition.partition()] == member) {
                owners[partition.partition()] = null;
            }
        }
    }

    synchronized void consumed(Member member, int partition, long offset, String value) {
        check(owners[partition] == member, member + " reads of " + partition + ", which is owned by " + owners[partition]);
        check(offset == next[partition] && value.equals(Long.toString(offset)),
            member + " reads " + value + " at " + offset + " of " + partition + " instead of " + next[partition]);
        next[partition]++;
        records++;
    }

    synchronized void attempt(Map<TopicPartition, OffsetAndMetadata> offsets) {
        offsets.forEach((partition, offset) -> {
            int p = partition.partition();
            attempted[p] = Math.max(attempted[p], offset.offset());
        });
    }

    synchronized void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
        offsets.forEach((partition, offset) -> {
            committed[partition.partition()] = offset.offset();
        });
    }

    synchronized void fail(Throwable why) {
        if (failure == null) {
            failure = why;
        }
    }

    /** Why the group is not yet where it should be: everything owned, and read and committed up to there; null if it is. */
    synchronized String missing(long[] goal) throws Exception {
        if (failure != null) {
            throw new Exception(id + ": " + failure, failure);
        }
        for (int p = 0; p < owners.length; p++) {
            if (owners[p] == null || committed[p] < goal[p]) {
                return id + " has committed " + Arrays.toString(committed) + " of " + Arrays.toString(goal) + ", owned by "
                    + Arrays.toString(owners);
            }
        }
        return null;
    }

    /** Which partitions this member says it owns. */
    synchronized long owned(Member member) {
        return Arrays.stream(owners).filter(owner -> owner == member).count();
    }

    /** Nothing was read twice, and nobody was thrown out, unless the server was killed. */
    synchronized boolean undisturbed() {
        return killed || again == 0 && lost == 0;
    }

    @Override
    public synchronized String toString() {
        return id + " read " + records + " records, " + again + " of them again, " + moves + " partitions moved, members lost theirs "
            + lost + " times";
    }

    private void check(boolean condition, String what) {
        if (!condition) {
            IllegalStateException error = new IllegalStateException(what);
            fail(error);
            throw error;
        }
    }
}
