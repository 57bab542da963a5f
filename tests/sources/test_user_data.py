"""User data taken apart: every form that cloud-init takes, true lines, bounds, no exception."""

from __future__ import annotations

import base64
import gzip
import time
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credlint.sources.user_data import UNPACKED_LIMIT, Part, split_user_data

SCRIPT = b"#!/bin/sh\nset -e\nexport TOKEN=abc\n"
CONFIG = b"#cloud-config\npackages: [nginx]\n"
MESSAGE = b"""Content-Type: multipart/mixed; boundary="//"
MIME-Version: 1.0

--//
Content-Type: text/cloud-config; charset="us-ascii"
Content-Disposition: attachment; filename="cloud-config.txt"

#cloud-config
packages: [nginx]

--//
Content-Type: text/x-shellscript

#!/bin/sh
echo hello
--//--
after the end
"""


def pack(data: bytes) -> bytes:
    """Compress without the time, which would be part of a test's name."""
    return gzip.compress(data, mtime=0)


def b64(data: bytes) -> bytes:
    return base64.b64encode(data)


def parts_of(raw: bytes) -> list[tuple[str, bytes, int, bool]]:
    return [(p.name, p.data, p.first_line, p.encoded) for p in split_user_data(raw).parts]


@pytest.mark.parametrize("raw", [b"", b"\n \n"])
def test_nothing_has_no_parts(raw):
    assert split_user_data(raw).parts == ()


@pytest.mark.parametrize("raw", [SCRIPT, CONFIG, b"one line", b"a\r\nb\rc\n"])
def test_plain_text_is_one_part(raw):
    assert parts_of(raw) == [("", raw, 1, False)]


@pytest.mark.parametrize(
    ("raw", "wrappings"),
    [
        (pack(SCRIPT), ("gzip",)),
        (b64(SCRIPT), ("base64",)),
        (base64.encodebytes(SCRIPT), ("base64",)),
        (b64(pack(SCRIPT)), ("base64", "gzip")),
        (pack(SCRIPT[:12]) + pack(SCRIPT[12:]), ("gzip",)),
    ],
)
def test_what_is_packed_is_unpacked_and_its_lines_count(raw, wrappings):
    found = split_user_data(raw)

    assert found.wrappings == wrappings
    assert found.parts == (Part("", SCRIPT, 1),)


def test_a_word_is_not_taken_for_base64():
    raw = b"thisisalongwordofnothing"

    assert parts_of(raw) == [("", raw, 1, False)]


def test_parts_of_a_message_have_their_lines_in_the_whole():
    actual = parts_of(MESSAGE)

    assert [(name, line, encoded) for name, _, line, encoded in actual] == [
        ("cloud-config.txt", 8, False),
        ("part-002", 14, False),
        ("envelope", 1, False),
    ]
    lines = MESSAGE.split(b"\n")
    for _, data, first, _ in actual[:2]:
        assert data.split(b"\n")[0] == lines[first - 1]


def test_envelope_keeps_everything_else_at_its_line():
    envelope = parts_of(MESSAGE)[-1][1].split(b"\n")
    expected = [
        b"" if 8 <= number <= 10 or number in (14, 15) else line
        for number, line in enumerate(MESSAGE.split(b"\n"), 1)
    ]

    assert envelope == expected


def test_carriage_returns_change_no_line():
    lines = [(name, first) for name, _, first, _ in parts_of(MESSAGE.replace(b"\n", b"\r\n"))]

    assert lines == [("cloud-config.txt", 8), ("part-002", 14), ("envelope", 1)]


def test_the_same_parts_as_the_standard_library_writes_them():
    message = MIMEMultipart()
    for text, kind in ((CONFIG, "cloud-config"), (SCRIPT, "x-shellscript")):
        part = MIMEText(text.decode(), kind, "utf-8")  # utf-8 makes it base64
        part.add_header("Content-Disposition", "attachment", filename=f"{kind}.txt")
        message.attach(part)
    raw = message.as_bytes()

    actual = split_user_data(raw).parts

    assert [(p.name, p.data, p.encoded) for p in actual[:2]] == [
        ("cloud-config.txt", CONFIG, True),
        ("x-shellscript.txt", SCRIPT, True),
    ]
    for part in actual[:2]:
        line = raw.split(b"\n")[part.first_line - 1]
        assert line == b64(part.data)[: len(line)]
        assert part.outer_line(3) == part.first_line


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("quoted-printable", b"#!/bin/sh\nset -=\ne\nexport TOKEN=3Dabc\n"),
        ("base64", base64.encodebytes(pack(SCRIPT))),
        ("binary", pack(SCRIPT)),
    ],
)
def test_transfer_encodings(encoding, body):
    head = f"MIME-Version: 1.0\nContent-Transfer-Encoding: {encoding}\n\n".encode()

    assert parts_of(head + body)[0] == ("part-001", SCRIPT, 4, True)


def test_message_in_a_message():
    inner = MIMEMultipart()
    inner.attach(MIMEText("#!/bin/sh\n", "x-shellscript"))
    outer = MIMEMultipart()
    outer.attach(inner)
    outer.attach(MIMEText("#cloud-config\n", "cloud-config"))

    assert [data for _, data, _, _ in parts_of(outer.as_bytes())[:2]] == [
        b"#!/bin/sh\n\n",
        b"#cloud-config\n\n",
    ]


@pytest.mark.parametrize(
    "content",
    [
        b64(SCRIPT * 2),
        b"!!binary |\n     " + base64.encodebytes(SCRIPT * 4).replace(b"\n", b"\n     "),
        b64(pack(SCRIPT * 2)),
    ],
)
def test_files_of_cloud_config_in_base64_are_opened(content):
    raw = b"#cloud-config\nwrite_files:\n - encoding: b64\n   content: " + content + b"\n"
    found = split_user_data(raw).parts

    assert [part.name for part in found] == ["", "decoded base64"]
    assert found[1].encoded
    assert found[1].data.startswith(SCRIPT)
    assert found[1].first_line == (5 if b"!!binary" in content else 4)


def test_powershell_command_is_opened():
    command = "$env:AWS_SECRET_ACCESS_KEY = 'x'".encode("utf-16-le")
    raw = b"<powershell>\npowershell -EncodedCommand " + b64(command) + b"\n</powershell>\n"

    assert parts_of(raw)[1] == ("decoded base64", command, 2, True)


def test_path_before_a_block_does_not_hide_it():
    raw = b"path: /usr/share/application\n" + b64(SCRIPT * 2) + b"\n"

    assert parts_of(raw)[1] == ("decoded base64", SCRIPT * 2, 2, True)


@pytest.mark.parametrize("name", ["with space.sh", "AKIA" + "A" * 16, "x" * 40, "\x1b[31m", "a/b"])
def test_file_names_that_might_hold_anything_are_not_shown(name):
    raw = (
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
        f'Content-Disposition: attachment; filename="{name}"\n\n#!/bin/sh\n--b--\n'
    )

    assert parts_of(raw.encode())[0][0] == "part-001"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (
            b"#include\nhttps://example.com/a\n",
            "it includes documents by URL (#include), which were not fetched",
        ),
        (pack(SCRIPT)[:-12], "what is packed with gzip ends early"),
        (b"\x1f\x8b" + b"no gzip at all", "what is packed with gzip is damaged"),
        (
            pack(b"#" * (UNPACKED_LIMIT + 1)),
            "it unpacks to more than 2 MiB; the rest was not read",
        ),
        (
            b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
            + b"--b\n\nx\n" * 300,
            "it has more than 256 parts; the rest was not read",
        ),
    ],
)
def test_what_was_not_read_is_said(raw, reason):
    assert split_user_data(raw).unread == (reason,)


def test_what_is_small_and_unpacks_without_end_is_cut_off():
    bomb = pack(b"\0" * (40 * UNPACKED_LIMIT))
    nested = pack(bomb)
    begin = time.monotonic()
    found = split_user_data(nested)

    assert sum(len(part.data) for part in found.parts) <= UNPACKED_LIMIT + 2
    assert time.monotonic() - begin < 5


def test_many_lines_of_noise_take_linear_time():
    raw = b"#!/bin/sh\n" + b"/9j/AAAA" * 9 + b"\n" + (b"/9j//8AAAA" * 7 + b"\n") * 20_000
    begin = time.monotonic()
    split_user_data(raw)

    assert time.monotonic() - begin < 5


@settings(max_examples=300)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(st.sampled_from([*MESSAGE.split(b"\n"), b"\x1f\x8b", b64(MESSAGE)])).map(
            b"\n".join
        ),
    )
)
def test_never_raises_and_loses_no_line_of_plain_text(raw):
    found = split_user_data(raw)
    if found.wrappings or any(part.encoded for part in found.parts):
        return
    seen = {
        (part.outer_line(number), line.strip())
        for part in found.parts
        for number, line in enumerate(
            part.data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"), 1
        )
    }
    whole = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")

    assert {(n, line.strip()) for n, line in enumerate(whole, 1) if line.strip()} <= seen
