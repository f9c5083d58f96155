import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * The members of two groups, an eager and a cooperative one, go from the classic protocol to the consumer protocol one by
 * one, and back, while records come in. Each step is one line of JSON.
 *
 * Where somebody kills the server meanwhile, nobody waits for the group before the next member goes.
 */
public final class Migration {
    private static final int PARTITIONS = 8;
    private static final int MEMBERS = 4;
    private static final long DEADLINE_MS = 60_000;

    private final String bootstrap;
    private final String topic;
    private final Admin admin;
    private final boolean killed;
    private final Load load;
    private final List<Group> groups = new ArrayList<>();
    private final List<Member[]> members = new ArrayList<>();

    private Migration(String bootstrap, String topic, boolean killed) throws Exception {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.killed = killed;
        Properties p = new Properties();
        p.put("bootstrap.servers", bootstrap);
        admin = Admin.create(p);
        try {
            admin.createTopics(Set.of(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
        } catch (ExecutionException e) {
            // The answer was lost with the server, and the client asked again.
            check(killed && e.getCause() instanceof TopicExistsException, e);
        }
        load = new Load(bootstrap, topic, PARTITIONS);
        // The static member is the first one that changes its protocol, and the last one.
        groups.add(new Group(topic + "-eager", "RangeAssignor", 0, PARTITIONS, killed));
        groups.add(new Group(topic + "-cooperative", "CooperativeStickyAssignor", MEMBERS - 1, PARTITIONS, killed));
        for (Group group : groups) {
            Member[] all = new Member[MEMBERS];
            for (int number = 0; number < MEMBERS; number++) {
                all[number] = new Member(bootstrap, topic, group, number, "classic");
            }
            members.add(all);
        }
    }

    /** {@code migrate BOOTSTRAP NAME}, or {@code killed BOOTSTRAP NAME ROUNDS}. */
    public static void main(String[] args) throws Exception {
        Migration it = new Migration(args[1], args[2], args[0].equals("killed"));
        step("classic", () -> it.settle(0, it.load.sent()));
        for (int round = it.killed ? Integer.parseInt(args[3]) : 1; round > 0; round--) {
            step("upgrade", () -> it.change("consumer"));
            step("downgrade", () -> it.change("classic"));
        }
        step("finish", it::finish);
        System.exit(0);
    }

    /** One member of each group after the other is started anew with this protocol. */
    private String change(String protocol) throws Exception {
        for (int number = 0; number < MEMBERS; number++) {
            for (int g = 0; g < groups.size(); g++) {
                members.get(g)[number].end();
                members.get(g)[number] = new Member(bootstrap, topic, groups.get(g), number, protocol);
            }
            if (!killed || number == MEMBERS - 1) {
                settle(protocol.equals("consumer") ? number + 1 : MEMBERS - number - 1, load.sent());
            }
        }
        return groups.toString();
    }

    private String finish() throws Exception {
        settle(0, load.end());
        for (int g = 0; g < groups.size(); g++) {
            Map<TopicPartition, OffsetAndMetadata> committed =
                admin.listConsumerGroupOffsets(groups.get(g).id).partitionsToOffsetAndMetadata().get();
            long[] sent = load.sent();
            for (int p = 0; p < PARTITIONS; p++) {
                OffsetAndMetadata of = committed.get(new TopicPartition(topic, p));
                check(of != null && of.offset() == sent[p], "committed " + committed);
            }
            // A classic member that leaves while another's departure has it join anew says that it has lost what it owns.
            check(groups.get(g).undisturbed(), groups.get(g));
            for (Member member : members.get(g)) {
                member.end();
            }
            check(groups.get(g).missing(new long[PARTITIONS]) != null, "nobody owns anything any more");
        }
        return groups.toString();
    }

    /** All of both groups is owned, and what was sent up to now is read; so many members speak the new protocol. */
    private String settle(int upgraded, long[] goal) throws Exception {
        long deadline = System.currentTimeMillis() + DEADLINE_MS;
        while (true) {
            String missing = missing(upgraded, goal);
            if (missing == null) {
                return groups.toString();
            }
            check(System.currentTimeMillis() < deadline, missing);
            Thread.sleep(100);
        }
    }

    private String missing(int upgraded, long[] goal) throws Exception {
        for (int g = 0; g < groups.size(); g++) {
            String missing = groups.get(g).missing(goal);
            if (missing == null) {
                missing = unlike(groups.get(g), members.get(g), upgraded);
            }
            if (missing != null) {
                return missing;
            }
        }
        return null;
    }

    /** How a group's description differs from what its members believe; null if it does not. */
    private String unlike(Group group, Member[] all, int upgraded) throws Exception {
        ConsumerGroupDescription described =
            admin.describeConsumerGroups(Set.of(group.id)).describedGroups().get(group.id).get();
        boolean wanted = described.type() == (upgraded > 0 ? GroupType.CONSUMER : GroupType.CLASSIC)
            && described.groupState() == GroupState.STABLE && described.members().size() == MEMBERS;
        Set<TopicPartition> assigned = new HashSet<>();
        int count = 0;
        int newOnes = 0;
        for (MemberDescription member : described.members()) {
            Set<TopicPartition> own = member.assignment().topicPartitions();
            assigned.addAll(own);
            count += own.size();
            newOnes += member.upgraded().orElse(false) ? 1 : 0;
            for (Member known : all) {
                wanted &= !known.getName().equals(member.clientId()) || group.owned(known) == own.size();
            }
        }
        check(count == assigned.size(), "a partition is assigned twice: " + described);
        return wanted && count == PARTITIONS && newOnes == upgraded ? null : described.toString();
    }

    private static void check(boolean condition, Object what) {
        if (!condition) {
            throw new IllegalStateException(String.valueOf(what));
        }
    }

    private static void step(String name, Callable<String> body) {
        boolean ok = true;
        String detail;
        try {
            detail = body.call();
        } catch (Throwable e) {
            e.printStackTrace();
            ok = false;
            detail = e.toString();
        }
        String text = detail.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        System.out.println("{\"step\":\"" + name + "\",\"ok\":" + ok + ",\"detail\":\"" + text + "\"}");
        if (!ok) {
            System.exit(1);
        }
    }
}
