"""systemd units: search path, drop-ins, templates, masks, and what their environment adds up to."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from credlint.host.filesystem import FileSystem
from credlint.host.machine.texts import Texts
from credlint.host.machine.unit_settings import UnitSettings
from credlint.host.machine.unit_specifiers import unit_specifiers
from credlint.host.machine.units import read_units
from credlint.host.machine.users import read_users
from tests.host.machine.trees import build, shown

UNIT = "[Service]\nExecStart=/usr/bin/app --x\n"


def units_of(root, files, running=(), **more):
    system = build(root, files)
    return read_units(system, read_users(system), running, **more)


def aws(unit) -> dict[str, str]:
    """Return the environment without what systemd sets for everybody."""
    own = ("PATH", "HOME", "USER", "LOGNAME", "SHELL")
    return {name: value for name, value in unit.environment.items() if name not in own}


def test_environment_lines(tmp_path):
    text = (
        "[Unit]\nEnvironment=X=unit-section\n[Service]\n"
        "Environment=A=b 'C=d e' \"F=g\"h I=\\x41\\\n"
        "  # a comment inside\n"
        "  J=%n%%\n"
        "Environment=A=last\n"
    )
    read = units_of(tmp_path, {"etc/systemd/system/app.service": text})

    assert aws(read.find("app.service")) == {
        "A": "last",
        "C": "d e",
        "F": "gh",
        "I": "A",
        "J": "app.service%",
    }
    assert [shown(one) for one in read.assignments] == [
        "/etc/systemd/system/app.service:4:15 A",
        "/etc/systemd/system/app.service:4:20 C",
        "/etc/systemd/system/app.service:4:28 F",
        "/etc/systemd/system/app.service:4:34 I",
        "/etc/systemd/system/app.service:6:5 J",
        "/etc/systemd/system/app.service:7:15 A",
    ]
    assert read.find("app.service").sources["A"].line == 7
    assert read.skipped == ()


def test_an_empty_line_resets_and_a_drop_in_comes_last(tmp_path):
    read = units_of(
        tmp_path,
        {
            "usr/lib/systemd/system/app.service": UNIT + "Environment=A=1 B=2\n",
            "etc/systemd/system/app.service.d/10-a.conf": "[Service]\nEnvironment=\n",
            "etc/systemd/system/app.service.d/20-b.conf": "[Service]\nEnvironment=C=3\n",
            "run/systemd/system/app.service.d/20-b.conf": "[Service]\nEnvironment=C=hidden\n",
        },
    )
    unit = read.find("app.service")

    assert aws(unit) == {"C": "3"}
    assert unit.paths == (
        "/usr/lib/systemd/system/app.service",
        "/etc/systemd/system/app.service.d/10-a.conf",
        "/etc/systemd/system/app.service.d/20-b.conf",
    )
    assert (unit.program, unit.user) == ("/usr/bin/app", "root")


def test_drop_ins_of_prefix_and_type(tmp_path):
    drop_in = "[Service]\nEnvironment="
    read = units_of(
        tmp_path,
        {
            "etc/systemd/system/a-b-c.service": UNIT,
            "etc/systemd/system/service.d/1.conf": drop_in + "ALL=1 SAME=type\n",
            "etc/systemd/system/a-.service.d/2.conf": drop_in + "A=1 SAME=a\n",
            "etc/systemd/system/a-b-.service.d/2.conf": drop_in + "AB=1 SAME=ab\n",
            "etc/systemd/system/a-b.service.d/3.conf": drop_in + "OTHER=1\n",
        },
    )

    assert aws(read.find("a-b-c.service")) == {"ALL": "1", "AB": "1", "SAME": "ab"}


def test_drop_ins_of_an_instance_in_systemds_own_order(tmp_path):
    """As ``systemd --test`` has it: the template's prefix comes before the instance's."""
    drop_in = "[Service]\nEnvironment="
    read = units_of(
        tmp_path,
        {
            "etc/systemd/system/x-y@.service": UNIT,
            "etc/systemd/system/x-.service.d/1.conf": drop_in + "A=template-prefix\n",
            "etc/systemd/system/x-@i.service.d/1.conf": drop_in + "A=instance-prefix\n",
            "etc/systemd/system/x-@.service.d/2.conf": drop_in + "B=last\n",
        },
        running=["x-y@i.service"],
    )

    assert aws(read.find("x-y@i.service")) == {"A": "template-prefix", "B": "last"}


def test_first_folder_wins_and_masks_hide(tmp_path):
    read = units_of(
        tmp_path,
        {
            "etc/systemd/system/one.service": UNIT + "Environment=A=etc\n",
            "usr/lib/systemd/system/one.service": UNIT + "Environment=A=usr\n",
            "usr/lib/systemd/system/two.service": UNIT + "Environment=A=usr\n",
            "etc/systemd/system/two.service": "-> /dev/null",
        },
    )

    assert [unit.name for unit in read.units] == ["one.service"]
    assert aws(read.units[0]) == {"A": "etc"}


def test_lib_that_is_usr_lib_is_read_once(tmp_path):
    read = units_of(
        tmp_path,
        {"usr/lib/systemd/system/one.service": UNIT + "Environment=A=1\n", "lib": "-> usr/lib"},
    )

    assert [unit.path for unit in read.units] == ["/usr/lib/systemd/system/one.service"]


def test_aliases_are_one_unit(tmp_path):
    read = units_of(
        tmp_path,
        {
            "usr/lib/systemd/system/real.service": UNIT,
            "etc/systemd/system/other.service": "-> /usr/lib/systemd/system/real.service",
            "etc/systemd/system/other.service.d/a.conf": "[Service]\nEnvironment=A=alias\n",
            "etc/systemd/system/linked.service": "-> /srv/app/linked.service",
            "srv/app/linked.service": UNIT + "Environment=B=%N\n",
        },
    )

    assert {unit.name: aws(unit) for unit in read.units} == {
        "linked.service": {"B": "linked"},
        "real.service": {"A": "alias"},
    }
    assert read.find("other.service").name == "real.service"


def test_instances_of_templates(tmp_path):
    read = units_of(
        tmp_path,
        {
            "etc/systemd/system/w@.service": UNIT + "Environment=I=%i J=%I P=%p\n",
            "etc/systemd/system/multi.target.wants/w@a-b.service": "-> ../w@.service",
            "etc/systemd/system/w@x.service.d/a.conf": "[Service]\nEnvironment=X=1\n",
        },
        running=["w@run.service", "gone.service", "bad name"],
    )

    assert {unit.name: aws(unit) for unit in read.units} == {
        "w@.service": {"I": "", "J": "", "P": "w"},
        "w@a-b.service": {"I": "a-b", "J": "a/b", "P": "w"},
        "w@run.service": {"I": "run", "J": "run", "P": "w"},
        "w@x.service": {"I": "x", "J": "x", "P": "w", "X": "1"},
    }
    assert [unit.template for unit in read.units] == [True, False, False, False]
    lines = {one.variable: one.units for one in read.assignments}
    assert lines["I"] == ("w@.service", "w@a-b.service", "w@run.service", "w@x.service")


def test_environment_files_override_and_are_traced(tmp_path):
    text = UNIT + (
        "Environment=A=unit B=unit\nEnvironmentFile=-/etc/missing\n"
        "EnvironmentFile=/etc/app/*.env\nUnsetEnvironment=B C=other D=gone\n"
    )
    read = units_of(
        tmp_path,
        {
            "etc/systemd/system/app.service": text,
            "etc/app/1.env": "# keys\nA='file one'\nC=kept\nD=gone\n1BAD=x\n",
            "etc/app/2.env": "A=two\n",
            "etc/app/.hidden.env": "A=hidden\n",
        },
    )
    unit = read.find("app.service")

    assert aws(unit) == {"A": "two", "C": "kept"}
    assert shown(unit.sources["A"]) == "/etc/app/2.env:1:3 A"
    assert unit.sources["A"].named_by == "/etc/systemd/system/app.service:5"
    assert unit.sources["A"].kind == "environment-file"
    assert unit.sources["A"].units == ("app.service",)
    assert read.skipped == ()


def test_what_a_unit_cannot_have_is_told(tmp_path):
    text = (
        "A=outside\n[Service\n[Service]\nno sign\nEnvironmentFile=/etc/missing\n"
        "EnvironmentFile=relative\nEnvironment=\"A=open\nEnvironment=B=1 'C=2\n"
        "Environment=D=%z E=ok\nEnvironment=word\n"
    )
    read = units_of(tmp_path, {"etc/systemd/system/app.service": text})

    assert aws(read.find("app.service")) == {"B": "1", "E": "ok"}
    assert [place.rpartition(":")[2] for place, _ in read.skipped] == [
        *["1", "2", "4", "6", "7", "8", "9", "10", "5"]
    ]


def test_pass_environment_and_defaults_of_the_manager(tmp_path):
    read = units_of(
        tmp_path,
        {
            "etc/systemd/system.conf": "[Manager]\nDefaultEnvironment=A=all B=all\n",
            "etc/systemd/system.conf.d/x.conf": "[Manager]\nManagerEnvironment=M=manager\n",
            "etc/systemd/system/app.service": UNIT + "PassEnvironment=M P Q\nEnvironment=B=unit\n",
        },
        first_environment={"P": "one", "R": "no"},
    )
    unit = read.find("app.service")

    assert aws(unit) == {"A": "all", "B": "unit", "M": "manager", "P": "one"}
    assert shown(unit.sources["A"]) == "/etc/systemd/system.conf:2:22 A"


def test_user_group_and_folders(tmp_path):
    read = units_of(
        tmp_path,
        {
            "etc/systemd/system/a.service": UNIT + "User=alice\nWorkingDirectory=~\n",
            "etc/systemd/system/b.service": UNIT + "User=1000\nWorkingDirectory=-/srv/b/\n",
            "etc/systemd/system/c.service": UNIT + "DynamicUser=yes\nRootDirectory=/srv/root/\n",
            "etc/systemd/system/d.service": UNIT + "User=gone\n",
        },
    )
    found = {unit.name[0]: unit for unit in read.units}

    assert (found["a"].user, found["a"].working_directory) == ("alice", "/home/alice")
    assert found["a"].environment["HOME"] == "/home/alice"
    assert (found["b"].user, found["b"].working_directory) == ("alice", "/srv/b")
    assert (found["c"].user, found["c"].dynamic, found["c"].root) == ("c", True, "/srv/root")
    assert (found["d"].user, "HOME" in found["d"].environment) == ("gone", False)


@pytest.mark.parametrize(
    ("command", "program", "expected"),
    [
        ("/usr/bin/env A=1 -u B C='2 3' prog A=arg", "prog", {"A": "1", "C": "2 3"}),
        ("-/usr/bin/env A=${B} prog", "prog", {"A": "unit", "B": "unit"}),
        ("@/usr/bin/app name x", "/usr/bin/app", {"B": "unit"}),
        ("/bin/sh -c 'A=1 exec prog'", "/bin/sh", {"A": "1", "B": "unit"}),
        ('/bin/bash -ec "export A=\\"x y\\"; prog"', "/bin/bash", {"A": "x y", "B": "unit"}),
    ],
)
def test_commands_that_set_variables(tmp_path, command, program, expected):
    text = f"[Service]\nEnvironment=B=unit\nExecStart={command}\n"
    read = units_of(tmp_path, {"etc/systemd/system/app.service": text})
    unit = read.find("app.service")

    assert (unit.program, aws(unit)) == (program, expected)
    if "A" in expected:
        one = unit.sources["A"]
        line = text.split("\n")[one.line - 1]
        written = line[one.column - 1 : one.end_column - 1]
        # What stands escaped inside of a script is not looked for any closer.
        assert one.value in ("unit", written) or written.startswith('\\"')


def test_units_of_a_users_own_manager(tmp_path):
    read = units_of(
        tmp_path,
        {
            "home/alice/.config/systemd/user/mine.service": UNIT + "Environment=H=%h U=%u\n",
            "usr/lib/systemd/user/shared.service": UNIT + "Environment=A=1\n",
            "home/alice/.config/systemd/user/shared.service.d/x.conf": (
                "[Service]\nEnvironment=B=2\n"
            ),
        },
    )

    found = [(unit.name, unit.user, aws(unit)) for unit in read.units]
    assert found == [
        ("shared.service", None, {"A": "1"}),
        ("mine.service", "alice", {"H": "/home/alice", "U": "alice"}),
        ("shared.service", "alice", {"A": "1", "B": "2"}),
    ]
    assert read.find("mine.service", "alice").environment["HOME"] == "/home/alice"
    assert {one.variable: one.user for one in read.assignments} == {
        "A": None, "B": "alice", "H": "alice", "U": "alice",
    }  # fmt: skip


def test_hostile_files(tmp_path):
    folder = tmp_path / "etc/systemd/system"
    system = build(
        tmp_path,
        {
            "etc/systemd/system/good.service": UNIT + "Environment=A=1\n",
            "etc/systemd/system/loop.service": "-> loop.service",
            "etc/systemd/system/ring-a.service": "-> ring-b.service",
            "etc/systemd/system/ring-b.service": "-> ring-a.service",
            "etc/systemd/system/long.service": UNIT + "Environment=A=" + "x" * 900_000 + "\n",
            "etc/systemd/system/huge.service": "#" * 1_100_000,
            "etc/systemd/system/bytes.service": b"[Service]\nEnvironment=A=\xff B=1\n\0\xfe",
            "etc/systemd/system/empty.service.d/not-conf": "x",
        },
    )
    (folder / "folder.service").mkdir()
    os.mkfifo(folder / "pipe.service")

    read = read_units(system, read_users(system))

    environments = {unit.name: aws(unit) for unit in read.units}
    assert environments["good.service"] == {"A": "1"}
    assert len(environments["long.service"]["A"]) == 900_000
    assert environments["bytes.service"] == {"B": "1"}
    told = dict(read.skipped)
    assert "larger than" in told["/etc/systemd/system/huge.service"]
    assert "regular file" in told["/etc/systemd/system/pipe.service"]
    assert "regular file" in told["/etc/systemd/system/folder.service"]
    assert "xxxx" not in repr(read)


SYSTEMD = Path("/usr/lib/systemd/systemd")
HAVE_ORACLE = (
    hasattr(os, "getuid")
    and os.getuid() == 0
    and SYSTEMD.exists()
    and shutil.which("unshare") is not None
    and shutil.which("setpriv") is not None
)


def ask_systemd(folder: Path, target: str) -> str:
    """Return systemd's own dump of the units in a folder; it starts none of them.

    It insists upon not being root, and upon a folder for temporary files.
    """
    script = (
        'mount --bind "$0" /mnt && mount -t tmpfs -o mode=1777 x /tmp && '
        "exec env -i HOME=/tmp XDG_RUNTIME_DIR=/tmp SYSTEMD_LOG_TARGET=console "
        "SYSTEMD_UNIT_PATH=/mnt:/usr/lib/systemd/user setpriv --reuid=65534 --regid=65534 "
        '--clear-groups /usr/lib/systemd/systemd --test --user --unit="$1" --no-pager'
    )
    command = ["unshare", "-m", "sh", "-c", script, str(folder), target]
    return os.fsdecode(subprocess.run(command, capture_output=True, timeout=60, check=False).stdout)


@pytest.mark.skipif(not HAVE_ORACLE, reason="needs root, systemd and unshare")
def test_as_systemd_itself_reads(tmp_path):
    folder = tmp_path
    folder.chmod(0o755)
    words = (
        "A= B= _C= x y _ \" ' \\ \\n \\x41 \\u00e4 \\xc3\\xa4 "
        "%n %% %i %j %z = ; # \\\n é \\s \\101 $X %_ \\q"
    )
    pieces = [word.replace("_", " ") for word in words.split(" ")]
    chance = random.Random(11)  # noqa: S311  it need not be secret
    names = []
    for number in range(150):
        lines = ["[Unit]", "[Service]"]
        for _ in range(chance.randrange(1, 5)):
            word = "".join(chance.choice(pieces) for _ in range(chance.randrange(1, 12)))
            lines.append(
                chance.choice(["Environment=", "# x \\", "  ; c", "garbage"])
                if chance.random() < 0.2
                else f"Environment=S=1 {word}"
            )
        name = f"fz-{number}@in-{number}.service" if number % 7 == 0 else f"fz-{number}.service"
        text = "\n".join([*lines, "", "", "ExecStart=/bin/true", ""])
        (folder / name).write_text(text, encoding="utf-8")
        names.append(name)
    wants = "".join(f"Wants={name}\n" for name in names)
    (folder / "all.target").write_text(f"[Unit]\nDefaultDependencies=no\n{wants}")

    dump = ask_systemd(folder, "all.target")

    expected: dict[str, list[str]] = {}
    current = ""
    for line in dump.split("\n"):
        header = re.fullmatch(r"\t-> Unit (\S+):", line)
        current = header.group(1) if header else current
        if line.startswith("\t\tEnvironment: "):
            expected.setdefault(current, []).append(line[len("\t\tEnvironment: ") :])
    if not expected:
        pytest.skip("systemd gave no dump here")
    for name in names:
        settings = UnitSettings("Service", unit_specifiers(name, {}))
        settings.apply_file(Texts(FileSystem()), str(folder / name))
        # The dump shows a value with line breaks over several lines.
        found = [f"{key}={one.value}".split("\n")[0] for key, one in settings.environment.items()]

        assert sorted(found) == sorted(expected.get(name, [])), (folder / name).read_text("utf-8")
