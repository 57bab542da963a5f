"""What is refused, and what the file gives away: nothing."""

from __future__ import annotations

import base64
import hashlib
import os
from urllib.parse import quote

import pytest

from credlint import samples
from credlint.policy.baseline_file import SIZE_LIMIT
from tests.cli.baseline.support import NAME, SECRETS, env_of, report

TOKEN = samples.github_token()


BAD = {
    "conflict": (b"credlint-baseline/1\n<<<<<<< HEAD\n", "line 2: a merge conflict"),
    "version": (b"credlint-baseline/9\n", "line 1: this version reads"),
    "not text": (b"credlint-baseline/1\n\xc3\x28\n", "line 2: not UTF-8"),
    "binary": (b"credlint-baseline/1\n\0", "cannot be used"),
    "empty": (b"", "line 1: no baseline"),
    "huge": (b"#" * (SIZE_LIMIT + 1), "more than the limit"),
    "TOML": (b'[accepted]\nx = "y"\n', "line 1: no baseline"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_baseline_stops_every_command(run, tree, case):
    content, said = BAD[case]
    (tree / NAME).write_bytes(content)

    for arguments in (("scan",), ("scan", "--hook"), ("baseline", "update"), ("baseline", "audit")):
        code, output = run(*arguments)
        assert (code, said in output) == (2, True), output
        assert output.count("\n") == 1 or arguments[0] == "baseline"
    assert (tree / NAME).read_bytes() == content


def test_a_baseline_of_100_megabytes_is_refused_unread(run, tree):
    with (tree / NAME).open("wb") as stream:
        stream.truncate(100_000_000)
        stream.write(b"credlint-baseline/1\n" * 10_000)

    code, said = run("scan")
    assert (code, "cannot be used" in said) == (2, True)


def test_links_pipes_and_folders_are_no_baseline(run, tree):
    run("baseline", "create")
    (tree / NAME).rename(tree / "real")
    (tree / NAME).symlink_to("real")
    code, said = run("scan")
    assert (code, "symbolic link" in said) == (2, True)
    # Who names a link means what it leads to; it is never written through.
    assert run("scan", "--baseline", NAME)[0] == 0
    assert run("baseline", "update", "--baseline", NAME)[0] == 2
    assert (tree / NAME).is_symlink()
    (tree / NAME).unlink()
    os.mkfifo(tree / NAME)
    assert run("scan")[0] == 2
    assert run("scan", "--baseline", NAME)[0] == 2
    (tree / NAME).unlink()
    (tree / NAME).mkdir()
    assert run("scan")[0] == 2
    (tree / NAME).rmdir()
    assert run("scan", "--baseline", "missing")[0] == 2


def test_nothing_of_a_secret_stands_in_the_file_or_is_said(run, tree):
    """Whole, in pieces, encoded, or as any digest without the salt."""
    name = SECRETS[2].replace("/", "x").replace("+", "y")
    (tree / f"{name}.env").write_text(env_of(SECRETS[2]) + f"GITHUB_TOKEN={TOKEN}\n")
    said = run("baseline", "create", "--reason", f"it is {SECRETS[3]}")[1]
    said += run("baseline", "audit")[1] + run("scan", "--verbose")[1]
    for form in ("json", "sarif"):
        said += run("scan", "--format", form, "--sarif-suppressed", "--verbose")[1]
    text = (tree / NAME).read_text() + said
    salt = bytes.fromhex(next(row[5:] for row in text.splitlines() if row.startswith("salt ")))

    assert text.count("SEC102") > 3
    for value in (*SECRETS[:4], TOKEN, name):
        data = value.encode()
        forms = [
            value,
            base64.b64encode(data).decode().rstrip("="),
            quote(value, safe=""),
            data.hex(),
        ]
        forms += [value[start : start + 8] for start in range(len(value) - 8)]
        for algorithm in ("md5", "sha1", "sha256", "sha512", "blake2b"):
            for made in (data, salt + data, data + salt):
                digest = hashlib.new(algorithm, made)
                forms += [digest.hexdigest()[:12], base64.b64encode(digest.digest()).decode()[:12]]
        assert not [form for form in forms if form in text]


def test_its_own_file_is_nothing_to_find(run):
    run("baseline", "create", "--reason", "password = token of the key")
    found = report(run, "--no-ignores", "--per-place")

    assert {f["location"]["uri"] for f in found["findings"]} == {"a.env", "b.env"}
