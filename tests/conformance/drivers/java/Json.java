import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads and writes JSON without a library, which might be one that an SDK has as well. */
final class Json {
  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> object(String text) {
    return (Map<String, Object>) new Json(text).value();
  }

  static String write(Object value) {
    if (value instanceof Map) {
      List<String> parts = new ArrayList<>();
      ((Map<?, ?>) value).forEach((k, v) -> parts.add(write(k) + ": " + write(v)));
      return "{" + String.join(", ", parts) + "}";
    }
    if (value instanceof Collection) {
      List<String> parts = new ArrayList<>();
      ((Collection<?>) value).forEach(one -> parts.add(write(one)));
      return "[" + String.join(", ", parts) + "]";
    }
    if (!(value instanceof String)) {
      return String.valueOf(value);
    }
    StringBuilder out = new StringBuilder("\"");
    for (char letter : ((String) value).toCharArray()) {
      if (letter == '"' || letter == '\\') {
        out.append('\\').append(letter);
      } else if (letter < ' ' || letter > '~') {
        out.append(String.format("\\u%04x", (int) letter));
      } else {
        out.append(letter);
      }
    }
    return out.append('"').toString();
  }

  private Object value() {
    switch (next()) {
      case '{':
        at++;
        Map<String, Object> members = new LinkedHashMap<>();
        while (next() != '}') {
          String name = string();
          expect(':');
          members.put(name, value());
          skip(',');
        }
        at++;
        return members;
      case '[':
        at++;
        List<Object> items = new ArrayList<>();
        while (next() != ']') {
          items.add(value());
          skip(',');
        }
        at++;
        return items;
      case '"':
        return string();
      default:
        return word();
    }
  }

  /** Returns the next character that is no blank, and stands on it then. */
  private char next() {
    while (Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return text.charAt(at);
  }

  private void expect(char letter) {
    if (next() != letter) {
      throw new IllegalArgumentException(letter + " expected at " + at);
    }
    at++;
  }

  private void skip(char letter) {
    if (next() == letter) {
      at++;
    }
  }

  private String string() {
    expect('"');
    StringBuilder out = new StringBuilder();
    for (char letter = text.charAt(at++); letter != '"'; letter = text.charAt(at++)) {
      if (letter != '\\') {
        out.append(letter);
        continue;
      }
      char escaped = text.charAt(at++);
      int plain = "bfnrt".indexOf(escaped);
      if (escaped == 'u') {
        out.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
        at += 4;
      } else {
        out.append(plain < 0 ? escaped : "\b\f\n\r\t".charAt(plain));
      }
    }
    return out.toString();
  }

  private Object word() {
    int start = at;
    while (at < text.length() && ",]} \t".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String found = text.substring(start, at);
    return found.equals("null") ? null : found.equals("true") || found.equals("false")
        ? Boolean.valueOf(found) : (Object) Double.valueOf(found);
  }
}
