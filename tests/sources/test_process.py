"""Programs with pipes: both ways to start one do the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from credlint.sources import process
from credlint.sources.process import start_process

PATH = {"PATH": os.path.dirname(sys.executable) + os.pathsep + os.defpath}  # noqa: PTH120


@pytest.fixture(params=["posix_spawn", "subprocess"])
def start(request, monkeypatch):
    """Return what starts a Python program."""
    if request.param == "subprocess":
        monkeypatch.setattr(process, "_can_spawn", lambda: False)
    elif not hasattr(os, "posix_spawn"):
        pytest.skip("no posix_spawn here")
    name = os.path.basename(sys.executable)  # noqa: PTH119

    def start(code: str, output=None, **more):
        return start_process([name, "-c", code], {**PATH, **more}, output)

    return start


def test_output_error_text_and_code_are_told(start):
    program = start("import sys; print('out'); sys.stderr.write('fault'); sys.exit(3)")

    assert program.communicate() == (b"out\n", b"fault")
    assert (program.returncode, program.poll()) == (3, 3)
    program.end()


def test_much_goes_both_ways_at_once(start):
    size = 3_000_000
    code = (
        "import sys\n"
        "while True:\n"
        " piece = sys.stdin.buffer.read(10000)\n"
        " if not piece: break\n"
        " sys.stderr.buffer.write(piece); sys.stdout.buffer.write(piece)\n"
    )
    program = start(code)

    assert program.communicate(b"x" * size) == (b"x" * size, b"x" * size)
    assert program.returncode == 0


def test_what_was_said_before_the_time_was_up_is_told_later(start):
    program = start(
        "import sys, time\n"
        "sys.stderr.write('x' * 100_000); print('early', flush=True)\n"
        "time.sleep(0.4); sys.stderr.write('late')"
    )
    for _ in range(2):
        with pytest.raises(TimeoutError):
            program.communicate(timeout=0.15)

    assert program.communicate() == (b"early\n", b"x" * 100_000 + b"late")
    assert program.returncode == 0


def test_a_program_that_does_not_read_is_no_fault(start):
    assert start("print('done')").communicate(b"x" * 1_000_000) == (b"done\n", b"")


def test_questions_are_answered_one_by_one(start):
    program = start("import sys\nfor line in sys.stdin: print(line.strip()[::-1], flush=True)")
    for word in (b"abc\n", b"xyz\n"):
        program.stdin.write(word)
        program.stdin.flush()

        assert program.stdout.readline().strip() == word.strip()[::-1]
    program.end()

    assert program.returncode == -signal.SIGKILL


def test_output_may_go_to_a_file(start, tmp_path):
    with (tmp_path / "out").open("w+b") as stream:
        program = start("import sys; print('there'); sys.stderr.write('fault')", stream)

        assert program.communicate() == (b"", b"fault")
        stream.seek(0)
        assert stream.read() == b"there\n"


def test_what_takes_too_long_is_left_to_be_ended(start):
    program = start("import time; time.sleep(60)")
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        program.communicate(timeout=0.2)
    assert program.poll() is None
    program.end()

    assert program.returncode == -signal.SIGKILL
    assert time.monotonic() - begun < 30


def test_the_environment_is_exactly_what_was_given(start, monkeypatch):
    monkeypatch.setenv("NOT_FOR_OTHERS", "1")
    program = start("import os; print(sorted(set(os.environ) - {'LC_CTYPE'}))", GIVEN="1")

    assert program.communicate()[0].strip() == b"['GIVEN', 'PATH']"


def test_signals_that_python_ignores_work_in_it(start):
    del start
    status = "/proc/self/status"
    if not os.path.exists(status):  # noqa: PTH110
        pytest.skip("tells no ignored signals")
    asked = start_process(["cat", status], PATH)
    ignored = next(row for row in asked.communicate()[0].splitlines() if b"SigIgn" in row)

    assert not int(ignored.split()[1], 16) & (1 << (signal.SIGPIPE - 1))


def test_nothing_is_left_open_or_waiting(start):
    before = set(os.listdir("/dev/fd")) if os.path.isdir("/dev/fd") else set()  # noqa: PTH112, PTH208
    for _ in range(3):
        start("pass").communicate()
        ended = start("import time; time.sleep(60)")
        ended.end()
        ended.end()
    after = set(os.listdir("/dev/fd")) if before else set()  # noqa: PTH208

    assert len(after) <= len(before)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize("path", ["", ".", "here", "/nowhere/at/all"])
def test_a_program_is_found_in_absolute_folders_alone(start, tmp_path, monkeypatch, path):
    del start
    for folder in (tmp_path, tmp_path / "here"):
        folder.mkdir(exist_ok=True)
        (folder / "tool").write_text("#!/bin/sh\necho mine\n")
        (folder / "tool").chmod(0o755)
    monkeypatch.chdir(tmp_path)

    with pytest.raises(FileNotFoundError):
        start_process(["tool"], {"PATH": path})
    assert start_process(["tool"], {"PATH": f"{path}{os.pathsep}{tmp_path}"}).communicate() == (
        b"mine\n",
        b"",
    )


def test_without_standard_files_it_works_too(tmp_path):
    code = (
        "import os, sys\n"
        "for number in range(3): os.close(number)\n"
        "from credlint.sources.process import start_process\n"
        "done = start_process(['echo', 'heard'], {'PATH': os.defpath}).communicate()\n"
        f"open({str(tmp_path / 'told')!r}, 'w').write(repr(done))\n"
    )
    subprocess.run([sys.executable, "-c", code], check=False)

    assert (tmp_path / "told").read_text() == repr((b"heard\n", b""))
