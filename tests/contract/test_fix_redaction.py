"""No report of the code rules and none of their edits shows a key: canaries in every sample.

Each key of a rule's samples is a canary of its own; it is looked for whole, in base64, percent-
encoded and in every piece of eight characters, as in ``test_redaction``.
"""

from __future__ import annotations

import json
import re

import pytest

from credlint import samples
from credlint.rulebook import load_rules
from credlint.samples import expand
from tests.cli.conftest import credlint as credlint  # noqa: PLC0414  the fixture
from tests.contract.test_redaction import PIECE, pieces

RULES = load_rules(("code", "iac"), samples=True)
# What stands for a key in a sample; each becomes one that occurs nowhere else.
_KEY = re.compile(r"@@(secret-key|session-token):[^@]*@@")
# Made up, and of no form that AWS issues: the code rules alone know them for what they are.
_MADE_UP = re.compile(
    r"(?i)(secret_access_key|secret_key|secret)(\"?\s*[=:]\s*\"?)(changeme|test|x)\b"
)


@pytest.fixture(scope="module")
def planted():
    """Return the files of all samples with keys of their own, and those keys."""
    files, keys = {}, []

    def key(_):
        value = samples.secret_key(f"planted {len(keys)}")
        keys.append(value)
        return value

    def invented(match):
        value = f"hunter{samples.hexadecimal(18, f'planted {len(keys)}')}"
        keys.append(value)
        return f"{match[1]}{match[2]}{value}"

    for rule in RULES:
        for number, sample in enumerate(rule.match):
            beside = {**sample.get("files", {}), sample["path"]: sample["text"]}
            for uri, text in beside.items():
                made = _MADE_UP.sub(invented, _KEY.sub(key, text))
                files[f"{rule.id}-{number}/{uri}"] = expand(made)
    return files, keys


def shown(output, keys, files):
    """Return the keys of which a piece stands in the output, but for those of its own words."""
    # Pieces that other text of the samples has as well tell nothing.
    plain = "".join(files.values())
    return [
        key
        for key in keys
        if any(piece in output for piece in set(pieces(key)) if plain.count(piece) <= 1)
    ]


SELECTIONS = [(), ("--select", "SRC,IAC"), ("--select", "IAC103"), ("--select", "SRC101,IAC116")]


@pytest.mark.parametrize("selection", SELECTIONS, ids=" ".join)
@pytest.mark.parametrize(
    "form",
    [
        ("--format", "text", "--verbose"),
        ("--format", "json"),
        ("--format", "sarif"),
        ("--fix=unsafe", "--diff"),
        ("--fix=unsafe", "--diff", "--format", "json"),
    ],
    ids=" ".join,
)
def test_no_report_and_no_diff_shows_a_key(credlint, planted, tmp_path, form, selection):
    files, keys = planted
    _lay_out(tmp_path / "tree", files)
    done = credlint(
        *("scan", "--isolated", "--no-gitignore", *form, *selection), cwd=tmp_path / "tree"
    )

    assert done.code in (0, 1), done.err
    assert len(done.out) > PIECE
    assert shown(done.out + done.err, keys, files) == []


def test_no_inserted_text_holds_a_key(credlint, planted, tmp_path):
    files, keys = planted
    tree = tmp_path / "tree"
    _lay_out(tree, files)
    scan = ("scan", "--isolated", "--no-gitignore", "--select", "SRC,IAC")
    report = json.loads(credlint(*scan, "--format", "sarif", cwd=tree).out)
    inserted = [
        replacement["insertedContent"]["text"]
        for result in report["runs"][0]["results"]
        for fix in result.get("fixes", ())
        for change in fix["artifactChanges"]
        for replacement in change["replacements"]
        if "insertedContent" in replacement
    ]
    done = credlint(*scan, "--fix=unsafe", cwd=tree)

    assert len([text for text in inserted if text.strip()]) > PIECE
    assert shown("\0".join(inserted), keys, files) == []
    assert "Edited " in done.out + done.err
    assert shown(done.out + done.err, keys, files) == []


def test_the_canaries_are_there(planted):
    files, keys = planted

    assert len(keys) > 80
    assert (
        len({uri.split("-")[0] for uri, text in files.items() if any(k in text for k in keys)}) > 20
    )
    assert shown(f"a{keys[0][3:11]}b", keys, files) == [keys[0]]


def _lay_out(tree, files):
    for uri, text in files.items():
        path = tree / uri
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
