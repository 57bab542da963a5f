"""Texts of a host through the engine: the right place, facts and fingerprints, never a value."""

from __future__ import annotations

import base64
import gzip
import hashlib
import resource
import time

import pytest

from credlint import samples
from credlint.host.captured import Capturer
from credlint.host.machine.documents import Arguments, TextReader
from credlint.host.machine.text_files import TextFile
from credlint.model.host_text import HostText
from credlint.pipeline.sightings import find_sightings
from credlint.rulebook import load_rules
from credlint.secrets.document_result import TOO_MANY_FINDINGS
from credlint.secrets.engine import build_engine
from tests.support.cache import CACHE

ID, SECRET = samples.key_id("AKIA", "210987654321"), samples.secret_key()
TOKEN = samples.session_token()
MEBI = 1024 * 1024


@pytest.fixture(scope="module")
def engine():
    return build_engine(load_rules(("secrets",)), CACHE)


@pytest.fixture
def find(engine):
    def run(*texts):
        result = find_sightings(texts, engine, Capturer(b"key").fingerprint)
        shown = repr(result)
        assert not [value for value in (ID, SECRET, TOKEN) if value in shown]
        assert result.skipped == []
        return result.sightings

    return run


def _text(text: str | bytes, kind: str = "shell-history", **facts) -> HostText:
    data = text if isinstance(text, bytes) else text.encode()
    return HostText(kind, facts.pop("path", "/home/alice/file"), data, **facts)


def _places(sightings):
    return [(one.what, one.line, one.column) for one in sightings]


# Every form that people and tools leave such keys in. (text, what is found)
FORMS = {
    "bash": (f"cd\nexport AWS_SECRET_ACCESS_KEY={SECRET}\n", [("secret-access-key", 2, 30)]),
    "zsh": (f": 1700000000:0;export AWS_SECRET_KEY={SECRET}\n", [("secret-access-key", 1, 38)]),
    "fish": (
        f"- cmd: set -x AWS_SECRET_ACCESS_KEY {SECRET}\n  when: 1\n",
        [("secret-access-key", 1, 37)],
    ),
    "configure": (
        f"aws configure set aws_secret_access_key {SECRET}\n",
        [("secret-access-key", 1, 41)],
    ),
    "option": (f"tool --aws-secret {SECRET}\n", [("secret-access-key", 1, 19)]),
    "property": (f"java -Daws.secretKey={SECRET} -jar a\n", [("secret-access-key", 1, 22)]),
    "hadoop option": (
        f"hadoop fs -Dfs.s3a.secret.key={SECRET} -ls\n",
        [("secret-access-key", 1, 31)],
    ),
    "url": (
        f"s3://{ID}:{SECRET}@bucket\n",
        [("access-key-id", 1, 6), ("secret-access-key", 1, 27)],
    ),
    "s3fs": (f"{ID}:{SECRET}\n", [("access-key-id", 1, 1), ("secret-access-key", 1, 22)]),
    "csv": (
        f"Access key ID,Secret access key\r\n{ID},{SECRET}\r\n",
        [("access-key-id", 2, 1), ("secret-access-key", 2, 22)],
    ),
    "python": (
        f"boto3.client('s3', '{ID}', '{SECRET}')\n",
        [("access-key-id", 1, 21), ("secret-access-key", 1, 45)],
    ),
    "trace": (f"+ AWS_SESSION_TOKEN={TOKEN}\n", [("session-token", 1, 21)]),
    "metafied zsh": (
        b"echo caf\x83\xe9\nexport AWS_SECRET_KEY=" + SECRET.encode(),
        [("secret-access-key", 2, 23)],
    ),
    "reference": ("export AWS_SECRET_ACCESS_KEY=$SECRET_OF_MINE_THAT_IS_READ_FROM_A_STORE\n", []),
    "command": ("export AWS_SECRET_ACCESS_KEY=$(pass show aws/secret)\n", []),
    "documented": (
        "aws_access_key_id AKIAIOSFODNN7EXAMPLE\nwJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
        [],
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_form(find, form):
    text, expected = FORMS[form]

    assert _places(find(_text(text))) == expected


def test_facts_of_a_pair(find):
    key_id, secret = find(
        _text(f"AWS_ACCESS_KEY_ID={ID}\nAWS_SECRET_ACCESS_KEY={SECRET}\n", user="alice")
    )

    assert (key_id.code, key_id.label, key_id.level) == ("SEC101", "AWS access key id", "error")
    assert (secret.code, secret.label, secret.level) == ("SEC102", "AWS secret access key", "error")
    assert key_id.key_id == secret.key_id
    assert key_id.key_id.display() == f"AKIA…{ID[-4:]}"
    assert key_id.key_id.account == "210987654321"
    assert (key_id.user, key_id.end_column - key_id.column) == ("alice", 20)


def test_fingerprints_are_those_of_the_audit(find):
    secret, again = find(
        _text(f"AWS_SECRET_ACCESS_KEY={SECRET}\n"),
        _text(f"[default]\nsecret_key = {SECRET}\n", "store", tool="s3cmd"),
    )

    assert secret.fingerprint == again.fingerprint == Capturer(b"key").fingerprint(SECRET)
    assert secret.fingerprint != Capturer(b"other").fingerprint(SECRET)
    assert secret.fingerprint not in hashlib.sha256(SECRET.encode()).hexdigest()


def test_an_escaped_secret_has_the_fingerprint_of_what_it_means(find):
    secret = next(
        samples.secret_key(str(n)) for n in range(99) if "/" in samples.secret_key(str(n))
    )
    (found,) = find(_text(f'{{"SecretAccessKey": "{secret.replace("/", chr(92) + "/")}"}}'))

    assert found.fingerprint == Capturer(b"key").fingerprint(secret)


def test_a_setting_of_a_store_is_named(find):
    text = f"[default]\naccess_key = {ID}\nsecret_key = {SECRET}\n"
    sightings = find(_text(text, "store", tool="s3cmd"))

    assert [one.detail for one in sightings] == ["[default] access_key", "[default] secret_key"]


def test_keys_of_another_service_are_no_keys_of_aws(find):
    text = f"[minio]\nprovider = Minio\naccess_key_id = minio\nsecret_access_key = {SECRET}\n"

    assert find(_text(text, "store", tool="rclone")) == []


def test_an_id_that_aws_issued_is_told_though_the_endpoint_is_anothers(find):
    text = f"[gate]\naccess_key = {ID}\nhost_base = s3.example.org\nsecret_key = {SECRET}\n"
    sightings = find(_text(text, "store", tool="s3cmd"))

    assert [(one.level, one.detail) for one in sightings] == [
        ("note", "[gate] access_key, for another S3 service"),
        ("note", "[gate] secret_key, for another S3 service"),
    ]


def test_words_of_a_process(find):
    words = ("/usr/bin/tool", "--region", "eu-west-1", f"--aws-secret={SECRET}", "x")
    (found,) = find(*TextReader().read_arguments([Arguments(812, "tool", words)]))

    assert (found.path, found.line, found.column, found.pid) == (
        "process/812/arguments",
        4,
        14,
        812,
    )


def test_user_data_is_taken_apart(find):
    script = f"#!/bin/sh\nexport AWS_SECRET_ACCESS_KEY={SECRET}\n"
    message = (
        'Content-Type: multipart/mixed; boundary="b"\nMIME-Version: 1.0\n\n--b\n'
        'Content-Type: text/x-shellscript\nContent-Disposition: attachment; filename="setup.sh"\n'
        f"\n{script}--b--\n"
    )
    (found,) = find(_text(message, "boot-data", packed=True))

    assert (found.line, found.column, found.detail) == (9, 30, "setup.sh")


@pytest.mark.parametrize("pack", [gzip.compress, base64.encodebytes])
def test_packed_user_data(find, pack):
    script = f"#!/bin/sh\nexport AWS_SECRET_ACCESS_KEY={SECRET}\n".encode()
    (found,) = find(_text(pack(script), "boot-data", packed=True))

    assert (found.line, found.column) == (2, 1)
    assert found.detail in ("unpacked gzip", "unpacked base64")


def test_a_base64_file_inside_of_user_data(find):
    inner = base64.b64encode(f"[default]\naws_secret_access_key={SECRET}\n".encode()).decode()
    text = f"#cloud-config\nwrite_files:\n- encoding: b64\n  content: {inner}\n"
    (found,) = find(_text(text, "boot-data", packed=True))

    assert (found.line, found.column, found.detail) == (4, 1, "decoded base64")


def test_a_text_without_lines_has_none(find):
    (found,) = find(_text(f"\0\0AWS_SECRET_ACCESS_KEY={SECRET}\0", numbered=False))

    assert (found.line, found.column, found.end_column) == (1, 1, 1)


def test_keys_at_every_place_of_a_long_text_are_found_once(engine, tmp_path):
    """A key every 4,000 bytes or so, over the borders of all windows."""
    rows = []
    for number in range(900):
        rows.append("echo " + "x" * (number * 7919 % 8000))
        rows.append(f"export AWS_SECRET_ACCESS_KEY={samples.secret_key(str(number % 50))}")
    path = tmp_path / "history"
    path.write_text("\n".join(rows))
    texts = TextReader().read([TextFile("shell-history", str(path))])
    result = find_sightings(texts, engine, Capturer(b"key").fingerprint)

    assert path.stat().st_size > 3 * MEBI
    assert [(one.line, one.column) for one in result.sightings] == [
        (2 * number + 2, 30) for number in range(900)
    ]


def test_one_line_of_megabytes(engine, tmp_path):
    path = tmp_path / "history"
    filler = "é" * 700_000
    path.write_text(f"{filler} AWS_SECRET_KEY={SECRET} {filler} AWS_SECRET_KEY={SECRET}")
    texts = TextReader().read([TextFile("shell-history", str(path))])
    result = find_sightings(texts, engine, Capturer(b"key").fingerprint)

    assert [(one.line, one.column) for one in result.sightings] == [
        (1, 700_017),
        (1, 1_400_074),
    ]


def test_a_text_full_of_ids_takes_bounded_time_and_hides_nothing_else(engine, tmp_path):
    path = tmp_path / "history"
    path.write_text(
        "".join(f"{samples.key_id('AKIA', '210987654321', str(n % 9000))}\n" for n in range(20_000))
    )
    start = time.monotonic()
    other = tmp_path / "other"
    other.write_text(f"AWS_SECRET_ACCESS_KEY={SECRET}\n")
    files = [TextFile("shell-history", str(one)) for one in (path, other)]
    result = find_sightings(TextReader().read(files), engine, Capturer(b"key").fingerprint)

    assert [one.path for one in result.sightings] == [str(path)] * 1000 + [str(other)]
    assert [one.line for one in result.sightings[:1000]] == list(range(1, 1001))
    assert result.skipped == [
        (str(path), TOO_MANY_FINDINGS),
        (str(path), "more than 1,000 keys; the rest of it was not examined"),
    ]
    assert time.monotonic() - start < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1024 * 1024


def test_one_key_in_every_line_of_a_log_hides_no_other(engine):
    text = f"AWS_SECRET_ACCESS_KEY={SECRET}\n" * 500 + f"AWS_SECRET_KEY={samples.secret_key('b')}\n"
    result = find_sightings([_text(text, "log")], engine, Capturer(b"key").fingerprint)

    assert [one.line for one in result.sightings] == [*range(1, 101), 501]
    assert result.skipped == [
        ("/home/alice/file", "one key stands there more than 100 times; not all are told")
    ]


def test_a_fault_of_the_engine_hides_no_other_text(engine):
    class Broken:
        def scan(self, document, **_options):
            if document.uri == "/bad":
                raise RuntimeError(SECRET)
            return engine.scan(document)

    texts = [_text("x", path="/bad"), _text(f"AWS_SECRET_KEY={SECRET}")]
    result = find_sightings(texts, Broken(), str)

    assert len(result.sightings) == 1
    assert result.skipped == [("/bad", "a check failed: RuntimeError")]
