import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** How a program that loads servers is told what to do: a command a line, `verb key=value ...`, and a line of JSON back. */
final class Commands {
    private Commands() {
    }

    /** What is done for a command; gives JSON. */
    interface Doing {
        String run(Args args) throws Exception;
    }

    /** A command. */
    static final class Args {
        private final String verb;
        private final Map<String, String> values = new HashMap<>();

        private Args(String line) {
            String[] words = line.split(" ");
            verb = words[0];
            for (String word : words) {
                int equals = word.indexOf('=');
                if (equals > 0) {
                    values.put(word.substring(0, equals), word.substring(equals + 1));
                }
            }
        }

        String verb() {
            return verb;
        }

        String get(String key) {
            String value = values.get(key);
            if (value == null) {
                throw new IllegalArgumentException("no " + key);
            }
            return value;
        }

        boolean is(String key, String value) {
            return value.equals(values.get(key));
        }

        int number(String key) {
            return Integer.parseInt(get(key));
        }
    }

    /** Until the input ends. */
    static void serve(Doing doing) throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = commands.readLine()) != null; ) {
            String answer;
            try {
                answer = doing.run(new Args(line));
            } catch (Exception error) {
                error.printStackTrace();
                answer = "{\"error\":\"" + error.toString().replaceAll("[\"\\\\\\p{Cntrl}]", "'") + "\"}";
            }
            System.out.println(answer);
        }
    }

    /** Words and numbers: they compress as logs and JSON do. */
    static byte[][] values(int bytes) {
        String[] words = {"order", "user", "payload", "event", "stream", "amount", "created", "status"};
        Random random = new Random(1);
        byte[][] values = new byte[1000][];
        for (int i = 0; i < values.length; i++) {
            StringBuilder text = new StringBuilder();
            while (text.length() < bytes) {
                text.append(words[random.nextInt(8)]).append('=').append(random.nextInt(65536)).append(',');
            }
            values[i] = text.substring(0, bytes).getBytes();
        }
        return values;
    }
}
