"""How the reader of Go v1 takes what others take in another way."""

from __future__ import annotations

import pytest

from credlint.chain.file_text import FileText
from credlint.chain.go.ini_v1 import Unparsed, read
from credlint.model.host_file import HostFile
from credlint.model.snapshot import HostSnapshot


def _text(text: str) -> FileText:
    file = HostFile("config", "~/.aws/config", "default", "read", text=text)
    return FileText(HostSnapshot("2026-01-01T00:00:00+00:00", files=(file,)), file)


def _read(text: str) -> dict[str, dict[str, str]]:
    sections = read(_text(text))
    return {
        name: {key: value.text() for key, value in values.items()}
        for name, values in sections.items()
    }


ROWS: dict[str, tuple[str, dict[str, dict[str, str]]]] = {
    "plain": ("[a]\nk = v\n", {"a": {"k": "v"}}),
    "above the first header": ("k = v\n[a]\n", {"": {"k": "v"}, "a": {}}),
    "a later section of a name takes all away": (
        "[a]\nk = v\n[b]\n[a]\nx = y\n",
        {"b": {}, "a": {"x": "y"}},
    ),
    "keys keep their case": ("[a]\nKey = v\n", {"a": {"Key": "v"}}),
    "a comment needs a blank before it": ("[a]\nk = v#w # x\n", {"a": {"k": "v#w"}}),
    "a tab before it does not do": ("[a]\nk = v\t#w\n", {"a": {"k": "v\t#w"}}),
    "blanks within a header stay": ("[ profile  a ]\n", {"profile  a": {}}),
    "quotes of a header stay": ('[profile "a"]\n', {'profile "a"': {}}),
    "a header may go on in the next line": ("[a\nb]\nk = v\n", {"ab": {"k": "v"}}),
    "behind a quoted value all is dropped": ('[a]\nk = "v w" x\n', {"a": {"k": "v w"}}),
    "a quoted value may run over lines": ('[a]\nk = "v\n[b]\nw"\n', {"a": {"k": "v\n[b]\nw"}}),
    "escapes within quotes": (r"[a]" + "\n" + r'k = "v\"w\tx"' + "\n", {"a": {"k": 'v"w\tx'}}),
    "a quote without end empties the file": ('[a]\nk = v\nx = "y\n', {}),
    "a quote within a word is none": ('[a]\nk = v"w\n', {"a": {"k": 'v"w'}}),
    "an empty setting takes the block below it along": (
        "[a]\nk =\n  x = y\nl = m\n",
        {"a": {"l": "m"}},
    ),
    "an indented setting is one": ("[a]\n  k = v\n", {"a": {"k": "v"}}),
    "text without delimiter is passed over": ("[a]\ntext\nk = v\n", {"a": {"k": "v"}}),
    "a comma behind a blank drops the setting": ("[a]\nk = v ,w\nl = m\n", {"a": {"l": "m"}}),
    "text behind a header is passed over": ("[a] text\nk = v\n", {"a": {"k": "v"}}),
    "more delimiters belong to the value": ("[a]\nk = v = w:[x]\n", {"a": {"k": "v = w:[x]"}}),
}
REFUSED = {
    "an empty value with a comment": ("[a]\nk = # x\n", 2),
    "text with a comment": ("[a]\ntext # x\n", 2),
    "text at the end without a line end": ("[a]\ntext", 2),
    "an empty header": ("[a]\n[]\n", 2),
    "a header without end before another": ("[a\n[b]\n", 2),
    "a comment in a header": ("[a # x\n", 1),
    "a line that begins with a comma": ("[a]\n, x\n", 2),
    "a value that begins with a comma": ("[a]\nk = ,v\n", 2),
    "a byte order mark": ("\ufeff[a]\n", 1),
}


@pytest.mark.parametrize("row", ROWS)
def test_reads(row: str) -> None:
    text, expected = ROWS[row]

    assert _read(text) == expected


@pytest.mark.parametrize("row", REFUSED)
def test_refuses(row: str) -> None:
    text, line = REFUSED[row]

    with pytest.raises(Unparsed) as refused:
        read(_text(text))

    assert refused.value.line == line


def test_asking_twice_doubles_the_last_character() -> None:
    value = read(_text('[a]\nk = "v\\tw"\n'))["a"]["k"]

    assert (value.text(), value.text()) == ("v\tw", "v\tww")
