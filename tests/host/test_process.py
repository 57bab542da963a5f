from __future__ import annotations

import os
import shlex
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint.host.process import executable_word, find_executable

NAMES = {
    "ENOENT": "FileNotFoundError",
    "ENOTDIR": "NotADirectoryError",
    "EACCES": "PermissionError",
    "ELOOP": "OSError",
    "ENOEXEC": "OSError",
}


@pytest.fixture
def place(tmp_path):
    """Folders with programs of every kind."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "other").mkdir()

    def program(name, text, mode):
        path = tmp_path / name
        path.write_text(text)
        path.chmod(mode)

    program("bin/good", "#!/bin/sh\nexit 0\n", 0o755)
    program("bin/plain", "#!/bin/sh\nexit 0\n", 0o644)
    program("other/plain", "#!/bin/sh\nexit 0\n", 0o755)
    program("bin/naked", "exit 0\n", 0o755)
    program("bin/orphan", "#!/no/such/interpreter\n", 0o755)
    program("bin/empty", "", 0o755)
    (tmp_path / "bin/folder").mkdir()
    (tmp_path / "bin/loop").symlink_to(tmp_path / "bin/loop")
    return tmp_path


def popen_error(command: str, path: str, folder: str) -> str:
    """Return the exception that subprocess.Popen raises for the command, or ``started``."""
    code = (
        "import shlex, subprocess, sys\n"
        "try:\n    subprocess.Popen(shlex.split(sys.argv[1])).wait()\n"
        "except Exception as error:\n    print(type(error).__name__)\n"
        "else:\n    print('started')\n"
    )
    environment = {} if path is None else {"PATH": path}
    done = subprocess.run(
        [sys.executable, "-c", code, command],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    "command",
    [
        "good",
        "good --token 'a b'",
        "plain",
        "naked",
        "orphan",
        "empty",
        "folder",
        "loop",
        "missing",
        "{bin}/good",
        "{bin}/plain",
        "{bin}/missing",
        "{bin}/good/below",
        "{bin}/loop",
        "'unclosed",
        "''",
        "~/good",
        "bin/good",
        "./bin/good",
    ],
)
@pytest.mark.parametrize(
    "path", ["{bin}:{other}", "{bin}", "", "{bin}/good:{other}", "{other}:{bin}/good"]
)
def test_verdict_is_that_of_popen(place, monkeypatch, command, path):
    folders = {"bin": place / "bin", "other": place / "other"}
    command, path = command.format(**folders), path.format(**folders)
    monkeypatch.chdir(place)
    expected = popen_error(command, path, str(place))

    _, status, error = find_executable(command, {"PATH": path})

    actual = "started" if status == "present" else NAMES.get(error, error)
    assert actual == expected


def test_search_path_that_is_unset_has_a_default(place, monkeypatch):
    monkeypatch.chdir(place)

    assert find_executable("sh", {}) == ("/bin/sh", "present", None)
    assert popen_error("sh -c true", None, str(place)) == "started"


def test_found_program_is_named(place):
    folders = f"{place}/bin:{place}/other"

    assert find_executable("good x", {"PATH": folders})[0] == f"{place}/bin/good"
    assert find_executable("plain", {"PATH": folders})[0] == f"{place}/other/plain"


def test_nothing_is_run(place):
    marker = place / "ran"
    script = place / "bin/marks"
    script.write_text(f"#!/bin/sh\ntouch {shlex.quote(str(marker))}\n")
    script.chmod(0o755)

    find_executable(str(script), os.environ)

    assert not marker.exists()


@given(st.text(alphabet="ab '\"\\#\t\n", max_size=30))
def test_first_word_is_that_of_the_shell_syntax(command):
    try:
        words = shlex.split(command)
    except ValueError:
        words = []

    word, rest = executable_word(command)

    assert word == (words[0] if words else "")
    assert 0 <= rest <= len(command)
    if len(words) == 1:
        assert rest == 0
