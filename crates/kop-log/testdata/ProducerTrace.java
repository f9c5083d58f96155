// Prints what the ProducerStateManager of Apache Kafka answers to random batches: producer-trace.tsv.
// Run with Kafka's libraries: java -cp 'kafka/libs/*' ProducerTrace.java DIR > producer-trace.tsv
// Writes the state at the end to DIR as a .snapshot and a .txnindex file.

import java.io.File;
import java.nio.file.Files;
import java.util.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.*;
import org.apache.kafka.common.record.internal.*;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.*;

public class ProducerTrace {
    static final Random RANDOM = new Random(42);
    static final long[] PRODUCERS = {1, 2, 3, Long.MAX_VALUE};
    static ProducerStateManager state;
    static TransactionIndex index;
    static long end = 0;
    static long now = 1_700_000_000_000L;

    public static void main(String[] args) throws Exception {
        File dir = new File(args[0]);
        dir.mkdirs();
        state = new ProducerStateManager(new TopicPartition("t", 0), dir, 60_000,
            new ProducerStateManagerConfig(86_400_000, false), Time.SYSTEM);
        index = new TransactionIndex(0, new File(dir, "end.txnindex"));
        for (int step = 0; step < 1500; step++) {
            now += RANDOM.nextInt(1000);
            if (RANDOM.nextInt(100) == 0) {
                now += RANDOM.nextInt(100_000_000);
                state.removeExpiredProducers(now);
                System.out.println("expire\t" + now + "\t" + state.activeProducers().size());
            } else {
                step();
            }
        }
        state.takeSnapshot();
        Files.move(state.latestSnapshotOffset().isPresent()
            ? state.fetchSnapshot(end).get().toPath() : null, new File(dir, "end.snapshot").toPath());
        index.flush();
    }

    static void step() throws Exception {
        long producer = PRODUCERS[RANDOM.nextInt(PRODUCERS.length)];
        Optional<ProducerStateEntry> known = state.lastEntry(producer);
        int current = known.map(e -> (int) e.producerEpoch()).orElse(RANDOM.nextInt(3));
        short epoch = (short) Math.max(0, current + new int[] {0, 0, 0, 0, 0, 0, 0, 0, 1, -1}[RANDOM.nextInt(10)]);
        if (RANDOM.nextInt(5) == 0) {
            boolean commit = RANDOM.nextBoolean();
            int coordinator = Math.max(0, known.map(ProducerStateEntry::coordinatorEpoch).orElse(0) + RANDOM.nextInt(4) - 1);
            var marker = new EndTransactionMarker(commit ? ControlRecordType.COMMIT : ControlRecordType.ABORT, coordinator);
            apply(producer, epoch, -1, 1, true, commit ? "C" + coordinator : "A" + coordinator,
                MemoryRecords.withEndTransactionMarker(end, now, 0, producer, epoch, marker), AppendOrigin.COORDINATOR);
            return;
        }
        int count = 1 + RANDOM.nextInt(3);
        int sequence;
        var window = known.map(e -> new ArrayList<>(e.batchMetadata())).orElse(new ArrayList<>());
        int kind = RANDOM.nextInt(20);
        if (kind < 2) {
            sequence = RANDOM.nextInt(8);
        } else if (kind < 3) {
            sequence = Integer.MAX_VALUE - RANDOM.nextInt(3);
        } else if (kind < 6 && !window.isEmpty()) {
            BatchMetadata sent = window.get(RANDOM.nextInt(window.size()));
            sequence = sent.firstSeq();
            count = sent.offsetDelta() + 1;
        } else if (kind < 7) {
            sequence = -1;
        } else {
            sequence = window.isEmpty() || epoch != current ? 0
                : DefaultRecordBatch.incrementSequence(window.get(window.size() - 1).lastSeq(), 1);
        }
        if (count > 3) count = 1;
        boolean open = known.isPresent() && known.get().currentTxnFirstOffset().isPresent();
        boolean transactional = RANDOM.nextInt(10) == 0 ? !open : open || RANDOM.nextInt(4) == 0;
        SimpleRecord[] records = new SimpleRecord[count];
        Arrays.fill(records, new SimpleRecord(now, "x".getBytes()));
        MemoryRecords batch = transactional
            ? MemoryRecords.withTransactionalRecords(end, Compression.NONE, producer, epoch, Math.max(0, sequence), 0, records)
            : MemoryRecords.withIdempotentRecords(end, Compression.NONE, producer, epoch, Math.max(0, sequence), 0, records);
        if (sequence < 0) {
            // The builder does not want to, but readers know batches without sequence numbers.
            batch.buffer().putInt(53, sequence);
        }
        apply(producer, epoch, sequence, count, transactional, "-", batch,
            sequence < 0 ? AppendOrigin.COORDINATOR : AppendOrigin.CLIENT);
    }

    static void apply(long producer, short epoch, int sequence, int count, boolean transactional, String marker,
                      MemoryRecords records, AppendOrigin origin) throws Exception {
        RecordBatch batch = records.batches().iterator().next();
        String outcome;
        var duplicate = origin == AppendOrigin.CLIENT
            ? duplicate(state.lastEntry(producer), batch) : Optional.<BatchMetadata>empty();
        if (duplicate.isPresent()) {
            outcome = "duplicate " + duplicate.get().firstOffset() + " " + duplicate.get().lastOffset() + " " + duplicate.get().timestamp();
        } else {
            outcome = append(producer, batch, count, origin);
        }
        long stable = state.firstUndecidedOffset().orElse(end);
        System.out.println(String.join("\t", "batch", "" + producer, "" + epoch, "" + sequence, "" + count,
            "" + transactional, marker, "" + now, outcome, "" + stable));
    }

    @SuppressWarnings("unchecked")
    static Optional<BatchMetadata> duplicate(Optional<ProducerStateEntry> known, RecordBatch batch) throws Exception {
        var find = ProducerStateEntry.class.getDeclaredMethod("findDuplicateBatch", RecordBatch.class);
        find.setAccessible(true);
        return known.isEmpty() ? Optional.empty() : (Optional<BatchMetadata>) find.invoke(known.get(), batch);
    }

    static String append(long producer, RecordBatch batch, int count, AppendOrigin origin) throws Exception {
        ProducerAppendInfo info = state.prepareUpdate(producer, origin);
        Optional<CompletedTxn> completed;
        try {
            completed = info.append(batch, Optional.empty(), (short) 1);
        } catch (InvalidProducerEpochException e) {
            return "fenced";
        } catch (OutOfOrderSequenceException e) {
            return "order";
        } catch (InvalidTxnStateException e) {
            return "open";
        } catch (TransactionCoordinatorFencedException e) {
            return "coordinator";
        }
        end += count;
        state.update(info);
        String aborted = "";
        if (completed.isPresent()) {
            CompletedTxn txn = completed.get();
            long stable = state.lastStableOffset(txn);
            if (txn.isAborted()) {
                index.append(new AbortedTxn(txn, stable));
                aborted = " aborted " + txn.firstOffset() + " " + txn.lastOffset() + " " + stable;
            }
            state.completeTxn(txn);
        }
        state.updateMapEndOffset(end);
        state.onHighWatermarkUpdated(end);
        return "ok" + aborted;
    }
}
