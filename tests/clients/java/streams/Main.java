/** A Kafka Streams application and a consume-transform-produce loop, which run until they are killed; an administrator. */
public final class Main {
    public static void main(String[] args) throws Exception {
        if (args.length == 5 && args[0].equals("app")) {
            App.run(args[1], args[2], args[3], args[4]);
        } else if (args.length == 4 && args[0].equals("loop")) {
            Loop.run(args[1], args[2], args[3]);
        } else if (args.length == 3 && args[0].equals("admin")) {
            Administration.run(args[1], args[2]);
        } else {
            System.err.println("usage: app BOOTSTRAP NAME GUARANTEE STATE_DIR, loop BOOTSTRAP NAME WHO, or admin BOOTSTRAP NAME");
            System.exit(2);
        }
    }

    private Main() {}
}
