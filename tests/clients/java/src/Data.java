import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The data set that every client program writes and expects (see tests/clients/README.md). */
final class Data {
    /** A record header; the library has no such class before 0.11. */
    static final class Header {
        final String key;
        final byte[] value;

        Header(String key, byte[] value) {
            this.key = key;
            this.value = value;
        }

        @Override
        public String toString() {
            return key + "=" + text(value);
        }
    }

    /** One record as it was sent, or as it came back. */
    static final class Rec {
        final int partition;
        final long timestamp;
        final byte[] key;
        final byte[] value;
        final List<Header> headers;

        Rec(int partition, long timestamp, byte[] key, byte[] value, List<Header> headers) {
            this.partition = partition;
            this.timestamp = timestamp;
            this.key = key;
            this.value = value;
            this.headers = headers;
        }

        /** Whether key, value and headers are those of the other. */
        boolean same(Rec other) {
            return partition == other.partition
                && Arrays.equals(key, other.key)
                && Arrays.equals(value, other.value)
                && headers.toString().equals(other.headers.toString());
        }

        @Override
        public String toString() {
            return "p" + partition + " t" + timestamp + " " + text(key) + ": " + text(value) + " " + headers;
        }
    }

    /** Record {@code i} of a codec. */
    static Rec record(String codec, int i, long start, boolean withHeaders) {
        byte[] key = i % 5 == 0 ? null : bytes("key-" + i);
        StringBuilder value = new StringBuilder("value-" + codec + "-" + i + "-");
        for (int x = 0; x < i % 100; x++) {
            value.append('x');
        }
        List<Header> headers = new ArrayList<>();
        if (withHeaders && i % 3 != 0) {
            headers.add(new Header("codec", bytes(codec)));
            headers.add(new Header("i", bytes(Integer.toString(i))));
            headers.add(new Header("twice", bytes("1")));
            headers.add(new Header("twice", bytes("2")));
            if (i % 3 == 2) {
                headers.add(new Header("null", null));
            }
        }
        return new Rec(i % 2, start + i, key, i % 7 == 3 && key != null ? null : bytes(value.toString()), headers);
    }

    /** What a partition holds after all codecs were produced. */
    static List<Rec> partition(int partition, String[] codecs, int count, boolean withHeaders) {
        List<Rec> all = new ArrayList<>();
        for (String codec : codecs) {
            for (int i = partition; i < count; i += 2) {
                all.add(record(codec, i, 0, withHeaders));
            }
        }
        return all;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return bytes == null ? "null" : new String(bytes, StandardCharsets.UTF_8);
    }

    private Data() {}
}
