import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** What belongs to the whole process: its environment, and where it may connect to. */
final class World {
    /** What java reads definitions from, the weakest first. */
    private static final List<String> OPTIONS =
            List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    private static final Properties CLEAN = (Properties) System.getProperties().clone();

    private World() {}

    /** Make these the only variables of the process, for System.getenv and for programs. */
    @SuppressWarnings("unchecked")
    static void setEnvironment(Map<String, String> variables, String file) throws Exception {
        // Programs inherit the variables that the JVM was started with: "sh" beside this driver
        // takes those of the file instead.
        StringBuilder entries = new StringBuilder();
        variables.forEach((name, value) -> entries.append(name).append('=').append(value).append('\0'));
        Files.writeString(Path.of(file), entries);
        Field field = Class.forName("java.lang.ProcessEnvironment").getDeclaredField("theUnmodifiableEnvironment");
        field.setAccessible(true);
        Object unmodifiable = field.get(null);
        Field inner = Class.forName("java.util.Collections$UnmodifiableMap").getDeclaredField("m");
        inner.setAccessible(true);
        Map<String, String> environment = (Map<String, String>) inner.get(unmodifiable);
        environment.clear();
        environment.putAll(variables);
    }

    /** Add the system properties that a JVM started with these variables would have. */
    static void setProperties(Map<String, String> variables) {
        Properties properties = (Properties) CLEAN.clone();
        for (String name : OPTIONS) {
            addDefinitions(variables.getOrDefault(name, ""), properties);
        }
        System.setProperties(properties);
    }

    /** Add what the words of an options variable define; quotes keep blanks. */
    private static void addDefinitions(String options, Properties properties) {
        StringBuilder word = null;
        char quote = 0;
        for (char letter : (options + " ").toCharArray()) {
            if (quote == 0 && Character.isWhitespace(letter)) {
                if (word != null && word.indexOf("-D") == 0) {
                    String[] parts = word.substring(2).split("=", 2);
                    properties.setProperty(parts[0], parts.length > 1 ? parts[1] : "");
                }
                word = null;
                continue;
            }
            word = word == null ? new StringBuilder() : word;
            if (quote == 0 && (letter == '"' || letter == '\'')) {
                quote = letter;
            } else if (letter == quote) {
                quote = 0;
            } else {
                word.append(letter);
            }
        }
    }

    /** Refuse every connection that would leave this machine. */
    @SuppressWarnings("removal")
    static void stayOnThisMachine() {
        System.setSecurityManager(
                new SecurityManager() {
                    @Override
                    public void checkPermission(java.security.Permission permission) {}

                    @Override
                    public void checkPermission(java.security.Permission permission, Object context) {}

                    @Override
                    public void checkConnect(String host, int port) {
                        if (port != -1 && !isLoopback(host)) {
                            throw new SecurityException("no connection to " + host);
                        }
                    }

                    @Override
                    public void checkConnect(String host, int port, Object context) {
                        checkConnect(host, port);
                    }
                });
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            return false;
        }
    }
}
