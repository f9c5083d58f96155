import org.apache.pulsar.shade.io.netty.buffer.ByteBuf;
import org.apache.pulsar.shade.io.netty.buffer.ByteBufUtil;
import org.apache.pulsar.shade.io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.*;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.*;
import org.apache.pulsar.common.api.proto.MessageMetadata;
import org.apache.pulsar.common.api.proto.SingleMessageMetadata;
import org.apache.pulsar.common.protocol.Commands;

/** Entries in the layout of the original, from Kafka's own batches by Pulsar's own writer of metadata. */
public class Layout {
    static final Header[] NONE = {};

    public static void main(String[] args) {
        line("plain", records(-1, (short) -1, -1, false), null);
        line("idempotent", records(4001, (short) 3, 17, false), "4,4001,3,17,0");
        line("transactional", records(4001, (short) 3, 17, true), "4,4001,3,17,16");
        for (ControlRecordType type : new ControlRecordType[] {ControlRecordType.COMMIT, ControlRecordType.ABORT})
            line(type.name().toLowerCase(), MemoryRecords.withEndTransactionMarker(0, 1_700_000_000_000L, -1, 4001, (short) 3,
                new EndTransactionMarker(type, 9)), "1,4001,3,-1,48");
        SimpleRecord old = new SimpleRecord(1_700_000_000_000L, "k".getBytes(), "v".getBytes());
        line("magic-1", MemoryRecords.withRecords((byte) 1, CompressionType.NONE, old, old), null);
        line("magic-0-gzip", MemoryRecords.withRecords((byte) 0, CompressionType.GZIP, old, old, old), null);
    }

    static MemoryRecords records(long id, short epoch, int sequence, boolean transactional) {
        SimpleRecord[] records = {
            new SimpleRecord(1_700_000_000_000L, "key".getBytes(), "value".getBytes(), new Header[] {
                new RecordHeader("a", "b".getBytes()), new RecordHeader("a", "c".getBytes()), new RecordHeader("", new byte[0])}),
            new SimpleRecord(1_700_000_000_001L, null, new byte[200], NONE),
            new SimpleRecord(1_600_000_000_000L, new byte[] {(byte) 0xff, 0}, null, NONE),
            new SimpleRecord(1_800_000_000_000L, new byte[0], new byte[0], NONE)};
        return MemoryRecords.withRecords(RecordBatch.CURRENT_MAGIC_VALUE, 0, CompressionType.NONE, TimestampType.CREATE_TIME,
            id, epoch, sequence, -1, transactional, records);
    }

    static void line(String name, MemoryRecords records, String batchProperty) {
        ByteBuffer buffer = records.buffer().duplicate();
        byte[] batch = new byte[buffer.remaining()];
        buffer.get(batch);
        String pulsar = batch[16] < 2 ? "null" : "\"" + pulsar(records, batchProperty) + "\"";
        System.out.println("{\"name\":\"" + name + "\",\"batches\":\"" + HexFormat.of().formatHex(batch) + "\",\"now\":1750000000000,\"kafka\":\""
            + kafka(records, batch) + "\",\"pulsar\":" + pulsar + "}");
    }

    static String kafka(MemoryRecords records, byte[] batch) {
        int count = 0;
        for (org.apache.kafka.common.record.Record ignored : records.records()) count++;
        MessageMetadata metadata = new MessageMetadata();
        metadata.addProperty().setKey("entry.format").setValue("kafka");
        metadata.setProducerName("").setSequenceId(0L).setPublishTime(1_750_000_000_000L).setNumMessagesInBatch(count);
        return ByteBufUtil.hexDump(Commands.serializeMetadataAndPayload(Commands.ChecksumType.None, metadata, Unpooled.wrappedBuffer(batch)));
    }

    static String pulsar(MemoryRecords records, String batchProperty) {
        MessageMetadata metadata = new MessageMetadata().setProducerName("");
        if (batchProperty != null) metadata.addProperty().setKey("kafka.batch").setValue(batchProperty);
        ByteBuf payload = Unpooled.buffer();
        int count = 0;
        for (RecordBatch batch : records.batches()) {
            if (batch.isTransactional())
                metadata.setTxnidMostBits(batch.producerId()).setTxnidLeastBits(batch.producerEpoch());
            for (org.apache.kafka.common.record.Record record : batch) {
                if (batch.isControlBatch())
                    metadata.setMarkerType(ControlRecordType.parse(record.key()) == ControlRecordType.COMMIT ? 21 : 22);
                SingleMessageMetadata single = new SingleMessageMetadata();
                byte[] key = bytes(record.key()), value = bytes(record.value());
                if (key != null)
                    single.setPartitionKey(Base64.getEncoder().encodeToString(key)).setPartitionKeyB64Encoded(true).setOrderingKey(key);
                for (Header header : record.headers())
                    single.addProperty().setKey(header.key()).setValue(new String(header.value()));
                single.setEventTime(record.timestamp()).setSequenceId(Math.max(0, record.sequence()));
                if (value == null) single.setNullValue(true);
                single.setPayloadSize(value == null ? 0 : value.length);
                if (count++ == 0) metadata.setPublishTime(record.timestamp()).setSequenceId(Math.max(0, record.sequence()));
                payload.writeInt(single.getSerializedSize());
                single.writeTo(payload);
                if (value != null) payload.writeBytes(value);
            }
        }
        metadata.setNumMessagesInBatch(count);
        return ByteBufUtil.hexDump(Commands.serializeMetadataAndPayload(Commands.ChecksumType.Crc32c, metadata, payload));
    }

    static byte[] bytes(ByteBuffer buffer) {
        if (buffer == null) return null;
        byte[] out = new byte[buffer.remaining()];
        buffer.duplicate().get(out);
        return out;
    }
}
