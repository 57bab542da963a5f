import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * Answers set-ups, one line of JSON each, with what the real SDK resolves there.
 *
 * <p>Arguments: a folder with the SDK's jars and the compiled {@code Probe}. One JVM serves many
 * set-ups; each gets
 *
 * <ul>
 *   <li>its environment: {@code java.lang.ProcessEnvironment} keeps the map that {@code
 *       System.getenv} reads, and it is filled anew (hence {@code --add-opens
 *       java.base/java.lang=ALL-UNNAMED}). Child processes still get that of the JVM, so it is
 *       started with a PATH whose {@code sh} takes the variables from the file ENVIRONMENT;
 *   <li>its system properties: those that a JVM started in that environment would have from
 *       JAVA_TOOL_OPTIONS, JDK_JAVA_OPTIONS and _JAVA_OPTIONS, and user.home, which the JVM takes
 *       from the password entry and not from HOME (the set-up says "entry_home");
 *   <li>its working directory: a process of Java cannot change it, so it is filled with links to
 *       what lies in the set-up's;
 *   <li>the SDK's classes, in a class loader of its own, so that no static field survives.
 * </ul>
 */
public final class Driver {
  private static final List<String> OPTIONS =
      List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  private static final Path FOR_CHILDREN =
      Path.of(System.getenv().getOrDefault("ENVIRONMENT", "/dev/null"));

  private final URL[] classPath;
  private final Properties clean;
  private final Path here = Path.of("").toAbsolutePath();

  private Driver(File jars, File classes) throws IOException {
    List<URL> urls = new ArrayList<>();
    urls.add(classes.toURI().toURL());
    File[] found = jars.listFiles((folder, name) -> name.endsWith(".jar"));
    java.util.Arrays.sort(found);
    for (File jar : found) {
      urls.add(jar.toURI().toURL());
    }
    classPath = urls.toArray(new URL[0]);
    clean = (Properties) System.getProperties().clone();
  }

  public static void main(String[] arguments) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.setOut(System.err);
    Driver driver = new Driver(new File(arguments[0]), new File(arguments[1]));
    out.println(Json.write(Map.of("ready", driver.version())));
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    boolean fresh = arguments.length > 2 && arguments[2].equals("--as-is");
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Map<String, Object> setup = Json.object(line);
      try {
        out.println(driver.answer(setup, fresh));
      } catch (Exception failure) {
        out.println(Json.write(Map.of("failure", String.valueOf(failure))));
      }
    }
  }

  private String version() throws Exception {
    try (URLClassLoader loader = loader()) {
      return (String) loader.loadClass("Probe").getMethod("version").invoke(null);
    }
  }

  private URLClassLoader loader() {
    return new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader());
  }

  /** {@code asIs}: this JVM was started for this one set-up, in its environment and folder. */
  private String answer(Map<String, Object> setup, boolean asIs) throws Exception {
    if (!asIs) {
      Map<String, String> environment = new LinkedHashMap<>();
      ((Map<?, ?>) setup.get("env")).forEach((k, v) -> environment.put((String) k, (String) v));
      replaceEnvironment(environment);
      writeForChildren(environment);
      Properties properties = (Properties) clean.clone();
      properties.setProperty("user.home", (String) setup.get("entry_home"));
      for (String name : OPTIONS) {
        addDefinitions(environment.getOrDefault(name, ""), properties);
      }
      System.setProperties(properties);
      fillWorkingDirectory(Path.of((String) setup.get("cwd")));
    }
    try (URLClassLoader loader = loader()) {
      Thread.currentThread().setContextClassLoader(loader);
      Method judge = loader.loadClass("Probe").getMethod("judge", String.class, Map.class);
      @SuppressWarnings("unchecked")
      Map<String, Object> verdict =
          (Map<String, Object>) judge.invoke(null, setup.get("profile"), setup.get("services"));
      return Json.write(verdict);
    } catch (InvocationTargetException failure) {
      failure.getCause().printStackTrace();
      throw failure;
    } finally {
      Thread.currentThread().setContextClassLoader(Driver.class.getClassLoader());
    }
  }

  @SuppressWarnings("unchecked")
  private static void replaceEnvironment(Map<String, String> wanted) throws Exception {
    Class<?> keeper = Class.forName("java.lang.ProcessEnvironment");
    Field field = keeper.getDeclaredField("theEnvironment");
    field.setAccessible(true);
    Map<Object, Object> kept = (Map<Object, Object>) field.get(null);
    Method variable = method("java.lang.ProcessEnvironment$Variable", "valueOf");
    Method value = method("java.lang.ProcessEnvironment$Value", "valueOf");
    kept.clear();
    for (Map.Entry<String, String> entry : wanted.entrySet()) {
      kept.put(variable.invoke(null, entry.getKey()), value.invoke(null, entry.getValue()));
    }
  }

  private static void writeForChildren(Map<String, String> wanted) throws IOException {
    StringBuilder text = new StringBuilder();
    wanted.forEach((name, value) -> text.append(name).append('=').append(value).append('\0'));
    Files.writeString(FOR_CHILDREN, text);
  }

  private static Method method(String type, String name) throws Exception {
    Method found = Class.forName(type).getDeclaredMethod(name, String.class);
    found.setAccessible(true);
    return found;
  }

  /** Adds the properties that the words of an options variable define; quotes keep blanks. */
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

  private void fillWorkingDirectory(Path from) throws IOException {
    try (var old = Files.newDirectoryStream(here)) {
      for (Path link : old) {
        Files.delete(link);
      }
    }
    try (var wanted = Files.newDirectoryStream(from)) {
      for (Path file : wanted) {
        Files.createSymbolicLink(here.resolve(file.getFileName()), file);
      }
    }
  }
}
