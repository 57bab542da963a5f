from __future__ import annotations

import time

from credlint.code.marked import toml_reader
from credlint.code.marked.nodes import at, text_at

TEXT = b"""\
version = 0.1 # profile = "no"
[default.deploy.parameters]
profile = "d\\u00e9v" # mine
"quoted" = 'C:\\path'
list = ["a",
  "b"]
long = '''
profile = "no"
'''
[a]
b.c = "dotted"
[[many]]
x = "y"
not toml at all
"""


def test_strings_of_tables_have_their_places():
    (root,) = toml_reader.read(TEXT, "samconfig.toml").roots
    profile = at(root, "default", "deploy", "parameters", "profile")

    assert TEXT[profile.start : profile.end] == b'"d\\u00e9v"'
    assert profile.value == "d\u00e9v"
    assert text_at(root, "default", "deploy", "parameters", "quoted") == "C:\\path"
    assert text_at(root, "a", "b", "c") == "dotted"
    assert text_at(root, "many", "x") == "y"


def test_other_values_are_not_known():
    (root,) = toml_reader.read(TEXT, "samconfig.toml").roots

    assert at(root, "version").value is None
    assert at(root, "version").written == "0.1"
    assert at(root, "default", "deploy", "parameters", "long").value is None


def test_hostile_text_is_bounded_and_told():
    began = time.process_time()
    many = toml_reader.read(b"a = 1\n" * 150_000, "samconfig.toml")
    for text in (b"[" * 500_000, b"a." * 500_000, b'a = "' + b"\\" * 500_000, b"a" * 500_000):
        toml_reader.read(text, "samconfig.toml")

    assert many.unread == ("only the first 100,000 lines of the file were read",)
    assert time.process_time() - began < 10
