import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What belongs to the whole process: its environment, and where it may connect to. */
final class World {
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
