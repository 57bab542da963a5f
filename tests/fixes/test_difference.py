from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from credlint import samples
from credlint.fixes.difference import difference
from credlint.model.fix import Edit

SECRET = samples.secret_key()


def test_shows_what_goes_and_what_comes():
    told = difference("a.py", b"one\ntwo\nthree\n", [Edit(4, 7, "2")], ())

    assert told[:2] == ["--- a/a.py", "+++ b/a.py"]
    assert told[2:] == ["@@ -1,3 +1,3 @@", " one", "-two", "+2", " three"]


def test_last_line_without_an_end_says_so():
    told = difference("a", b"one", [Edit(3, 3, "\n")], ())

    assert told[3:] == ["-one", "\\ No newline at end of file", "+one"]


def test_new_file_comes_from_nothing():
    assert difference("new", b"", [Edit(0, 0, "x\n")], ())[:2] == ["--- /dev/null", "+++ b/new"]


def test_hidden_bytes_are_in_no_line():
    data = f"keep\nsecret = '{SECRET}'\n".encode()
    start = data.index(SECRET.encode())
    told = difference("a", data, [Edit(5, len(data), "")], [(start, start + 40)])

    assert "-secret = '[REDACTED]'" in told
    assert SECRET[:8] not in "\n".join(told)


@given(st.text(max_size=80), st.text(max_size=80), st.integers(0, 200))
def test_no_edit_brings_a_hidden_byte_to_light(before, after, at):
    data = f"{before}{SECRET}{after}".encode()
    start = len(before.encode())
    outside = st_clamp(at, data, start)
    told = difference("a", data, [Edit(outside, outside, "+")], [(start, start + 40)])

    assert not [n for n in range(0, 32, 4) if SECRET[n : n + 8] in "\n".join(told)]


def st_clamp(at, data, start):
    """Return an offset outside of the secret."""
    at %= len(data) + 1
    return at if not start < at < start + 40 else start
