"""``scan --archives``: what the report says of what is packed, and of what was not opened."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest

from credlint import samples
from tests.cli.conftest import Runner

KEY = samples.key_id("AKIA", "210987654321")
OTHER = samples.key_id("AKIA", "210987654321", "other")
LOG = f"\n\nid = {OTHER}\n".encode() + bytes(range(32, 127)) * 40
TEXT = f"\n\nid = {KEY}  # credlint: ignore[SEC102] another\n".encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../etc/a!b.ini", TEXT)
        archive.writestr("other.ini", b"\n\nx = 1 # credlint: ignore[SEC101] for that file alone\n")
    root = tmp_path / "work"
    root.mkdir()
    (root / "outer.zip").write_bytes(buffer.getvalue())
    (root / "cut.log.gz").write_bytes(gzip.compress(LOG)[:-9])
    return root


def test_findings_stand_within_their_archive(credlint: Runner, folder: Path) -> None:
    done = credlint("scan", ".", "--archives", "--format", "json", cwd=folder)
    report = json.loads(done.out)
    places = [
        (
            f["location"]["kind"],
            f["location"]["uri"],
            f["location"]["line"],
            f["location"]["column"],
        )
        for f in report["findings"]
    ]

    assert ("archive", "outer.zip!../../etc/a!b.ini", 3, 6) in places
    assert places[0] == ("archive", "cut.log.gz!cut.log", 3, 6)
    assert [(s["path"], s["code"]) for s in report["skipped"]] == [("cut.log.gz", "RUN920")]
    assert report["summary"]["archives"] == 0
    assert report["suppressed"] == []


def test_text_and_sarif_name_the_file_that_exists(credlint: Runner, folder: Path) -> None:
    text = credlint("scan", "outer.zip", "--archives", cwd=folder)
    sarif = json.loads(
        credlint("scan", "outer.zip", "--archives", "--format", "sarif", cwd=folder).out
    )
    (place,) = sarif["runs"][0]["results"][0]["locations"]

    assert "outer.zip!../../etc/a!b.ini:3:6: " in text.out
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "outer.zip"
    assert place["physicalLocation"]["region"] == {"startLine": 1}
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "../../etc/a!b.ini"


def test_without_the_option_archives_are_counted(credlint: Runner, folder: Path) -> None:
    alone = credlint("scan", ".", cwd=folder)
    (folder / "a.txt").write_text("nothing")
    beside = credlint("scan", ".", cwd=folder)

    assert alone.code == 3
    assert "2 archives not opened, see --archives" in alone.out
    assert (beside.code, "2 archives not opened" in beside.out) == (0, True)


def test_the_configuration_may_ask_for_it(credlint: Runner, folder: Path) -> None:
    (folder / "credlint.toml").write_text("archives = true\n")

    assert "a!b.ini:3:6" in credlint("scan", ".", cwd=folder).out


def test_findings_of_an_archive_are_bounded_and_that_is_said(
    credlint: Runner, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(3):
            keys = (samples.key_id("AKIA", "210987654321", f"{number}.{n}") for n in range(2000))
            archive.writestr(f"{number}.txt", "\n".join(keys))
    report = json.loads(credlint("scan", "many.zip", "--archives", "--format", "json").out)

    assert report["summary"]["findings"] == 5000
    assert [entry["code"] for entry in report["skipped"]] == ["RUN908"]
