"""Which AWS SDKs a running process has."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from credlint.host.filesystem import FileSystem
from credlint.host.machine.executables import SearchBudget
from credlint.host.machine.interpreters import LANGUAGES
from credlint.host.machine.libraries import Libraries, sdks_of
from credlint.host.machine.processes import RunningProcess, read_processes
from credlint.model.sdk_names import SDK_NAMES

PID = 812


def write(path, text="", size=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    if size:
        os.truncate(path, size)
    return path


class Host:
    """A host below a folder with one process, whose files are named as it sees them."""

    def __init__(self, root: Path):
        self.root = root
        (root / f"proc/{PID}/fd").mkdir(parents=True)

    def has(self, *paths):
        for path in paths:
            write(self.root / path.lstrip("/"))

    def maps(self, *paths):
        for path in paths:
            self.has(path)
        lines = [f"7f00-7f01 r--p 00000000 fe:00 24  {path}\n" for path in paths]
        write(self.root / f"proc/{PID}/maps", "7ffc-7ffd rw-p 0 00:00 0 [stack]\n" + "".join(lines))

    def opens(self, *paths):
        for number, path in enumerate(paths):
            (self.root / f"proc/{PID}/fd/{number}").symlink_to(path)

    def found(self, executable, words=(), budget=None, **more):
        system = FileSystem(str(self.root))
        process = RunningProcess(
            PID, 1, Path(executable).name, 0, executable=executable, words=words, system=system,
            **{"folder": "/", **more},
        )  # fmt: skip
        return [(one.sdk, one.place) for one in sdks_of(process, system, budget or SearchBudget())]


@pytest.fixture
def host(tmp_path):
    return Host(tmp_path)


def go_program(modules: str) -> bytes:
    """Return an ELF file with nothing but Go's list of modules, as its linker lays it out."""
    version = b"go1.26.8"
    text = b"\1" * 16 + modules.encode() + b"\2" * 16
    length = struct.pack("BB", len(text) & 0x7F | 0x80, len(text) >> 7)
    info = b"\xff Go buildinf:\x08\x02" + b"\0" * 16 + bytes([len(version)]) + version
    info += length + text
    names = b"\0.shstrtab\0.go.buildinfo\0"
    table = 64 + len(names) + len(info)
    head = b"\x7fELF\2\1\1" + b"\0" * 9 + struct.pack(
        "<HHIQQQIHHHHHH", 2, 62, 1, 0, 0, table, 0, 64, 0, 0, 64, 3, 1
    )  # fmt: skip
    sections = b"\0" * 64
    for name, offset, size in ((1, 64, len(names)), (11, 64 + len(names), len(info))):
        sections += struct.pack("<IIQQQQIIQQ", name, 1, 0, 0, offset, size, 0, 0, 1, 0)
    return head + names + info + sections


@pytest.mark.parametrize(
    ("modules", "sdks"),
    [
        ("path\tapp\ndep\tgithub.com/aws/aws-sdk-go-v2/config\tv1.2\th1:x=\n", ["go-v2"]),
        ("path\tapp\ndep\tgithub.com/aws/aws-sdk-go\tv1.55.8\th1:x=\n", ["go-v1"]),
        (
            "dep\tgithub.com/aws/aws-sdk-go-v2\tv1.2\t\ndep\tgithub.com/aws/aws-sdk-go\tv1.5\t\n",
            ["go-v2", "go-v1"],
        ),
        (
            "dep\tgithub.com/aws/aws-sdk-go-v2\tv1\t\ndep\tgithub.com/hashicorp/aws-sdk-go-base\tv2\t\n",
            ["terraform"],
        ),
        ("path\tapp\ndep\tgithub.com/aws/aws-lambda-go\tv1.55.8\th1:x=\n", []),
    ],
)
def test_go_program_lists_its_modules(host, modules, sdks):
    write(host.root / "srv/app", go_program(modules), size=3_000_000)

    assert [sdk for sdk, _ in host.found("/srv/app")] == sdks


@pytest.mark.parametrize(
    ("mark", "sdk"),
    [
        ("aws_config::default_provider::credentials", "rust"),
        ("aws-sdk-cpp/1.11.3", "cpp"),
        ("github.com/aws/aws-sdk-go/aws/session", "go-v1"),
    ],
)
def test_string_in_a_program_tells_its_sdk(host, mark, sdk):
    """The mark lies across two of the pieces that are read."""
    before = 4 * 1024 * 1024 - 5
    write(host.root / "srv/app", b"\x7fELF" + b"\0" * (before - 4) + mark.encode())

    assert host.found("/srv/app") == [(sdk, "in the program /srv/app")]


def test_script_with_the_same_words_is_no_program(host):
    write(host.root / "srv/app", "#!/bin/sh\n# aws_config::\n", size=3_000_000)

    assert host.found("/srv/app") == []


def test_what_is_too_much_to_read_is_told(host):
    write(host.root / "srv/app", b"\x7fELFaws_config::", size=3_000_000)
    system = FileSystem(str(host.root))
    libraries = Libraries(system)
    libraries.programs.budget = SearchBudget(size=1_000_000)

    assert (
        libraries.of(RunningProcess(PID, 1, "app", 0, executable="/srv/app", system=system)) == ()
    )
    assert list(libraries.iter_skipped()) == [
        ("/srv/app", "was not searched for an AWS SDK: too much to read; all SDKs are judged")
    ]


def test_program_is_read_once_for_all_its_processes(host):
    write(host.root / "srv/app", b"\x7fELFaws_config::", size=3_000_000)
    system = FileSystem(str(host.root))
    libraries = Libraries(system)
    for folder in ("/", "/srv", "/opt"):
        process = RunningProcess(
            PID, 1, "app", 0, executable="/srv/app", folder=folder, system=system
        )
        assert [one.sdk for one in libraries.of(process)] == ["rust"]

    assert libraries.programs.budget.size == SearchBudget().size - 3_000_000


@pytest.mark.parametrize(
    ("path", "sdks"),
    [
        ("/app/lib/aws-java-sdk-core-1.12.788.jar", ["java-v1"]),
        ("/app/lib/sdk-core-2.57.8.jar", ["java-v2"]),
        ("/app/lib/auth-2.57.8.jar", ["java-v2"]),
        ("/app/lib/aws-config-jvm-1.5.1.jar", ["kotlin"]),
    ],
)
def test_open_jar_tells_the_java_sdk(host, path, sdks):
    host.opens("/dev/null", path)

    assert [sdk for sdk, _ in host.found("/usr/lib/jvm/bin/java")] == sdks


def test_language_limits_what_a_program_with_variables_of_aws_can_have(host):
    """Without such a variable there is no sign of any."""
    region = {"AWS_REGION": "eu-west-1"}
    host.opens("/app/lib/commons-logging-1.2.jar")

    found = host.found("/usr/lib/jvm/bin/java", environment=region)

    assert [sdk for sdk, _ in found] == ["java-v2", "java-v1", "kotlin"]
    assert host.found("/usr/lib/jvm/bin/java") == []
    assert host.found("/usr/bin/python3.9", ("python3", "/srv/x.py"), environment=region) == []


@pytest.mark.parametrize(
    ("entry", "sdk"),
    [
        ("BOOT-INF/lib/sdk-core-2.57.8.jar", "java-v2"),
        ("software/amazon/awssdk/auth/credentials/X.class", "java-v2"),
        ("com/amazonaws/auth/AWSCredentials.class", "java-v1"),
    ],
)
def test_archive_of_everything_is_looked_into(host, entry, sdk):
    place = write(host.root / "srv/app.jar")
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr(entry, b"")
    host.opens("/srv/app.jar")

    assert host.found("/usr/lib/jvm/bin/java") == [(sdk, "in /srv/app.jar")]


def test_mapped_libraries(host):
    host.maps("/usr/lib/libaws-cpp-sdk-core.so", "/usr/lib/libaws-c-auth.so.1")

    assert host.found("/srv/app") == [("cpp", "/usr/lib/libaws-cpp-sdk-core.so is loaded")]


def test_common_runtime_counts_alone(host):
    host.maps("/usr/lib/libaws-c-auth.so.1")

    assert host.found("/srv/app") == [("crt", "/usr/lib/libaws-c-auth.so.1 is mapped")]


@pytest.mark.parametrize(
    ("text", "sdks"),
    [
        ('"AWSSDK.Core/3.7.400.1": {', ["dotnet-v3"]),
        ('"AWSSDK.Core/4.0.1": {', ["dotnet-v4"]),
        ("{}", ["dotnet-v4", "dotnet-v3"]),
    ],
)
def test_net_sdk_and_its_version(host, text, sdks):
    host.maps("/app/AWSSDK.Core.dll")
    write(host.root / "app/app.deps.json", text)

    assert [sdk for sdk, _ in host.found("/usr/bin/dotnet")] == sdks


def test_python_of_a_virtual_environment(host):
    host.has("/srv/venv/pyvenv.cfg", "/srv/venv/lib/python3.9/site-packages/boto3/__init__.py")
    words = ("/srv/venv/bin/python", "/srv/app/main.py")

    assert host.found("/usr/bin/python3.9", words) == [
        ("boto3", "/srv/venv/lib/python3.9/site-packages/boto3")
    ]
    assert host.found("/usr/bin/python3.9", ("/usr/bin/python3", "/srv/app/main.py")) == []


def test_virtual_environment_does_not_see_the_systems_packages(host):
    host.has("/srv/venv/pyvenv.cfg", "/usr/lib/python3/dist-packages/botocore/__init__.py")

    assert host.found("/usr/bin/python3.9", ("/srv/venv/bin/python", "main.py")) == []
    assert [s for s, _ in host.found("/usr/bin/python3.9", ("python3", "main.py"))] == ["boto3"]


@pytest.mark.parametrize(("text", "count"), [("import boto3\n", 1), ("import dbus\n", 0)])
def test_program_of_the_distribution_must_name_it(host, text, count):
    host.has("/usr/lib/python3/dist-packages/botocore/__init__.py")
    write(host.root / "usr/bin/dispatcher", text)

    found = host.found("/usr/bin/python3.9", ("/usr/bin/python3", "/usr/bin/dispatcher"))

    assert len(found) == count


@pytest.mark.parametrize(("version", "sdk"), [("1.44.5", "aws-cli-v1"), ("2.31.0", "aws-cli-v2")])
def test_command_line_interface_as_a_script(host, version, sdk):
    site = "/usr/lib/python3.9/site-packages"
    host.has(f"{site}/awscli-{version}.dist-info/METADATA", f"{site}/botocore/__init__.py")
    words = ("/usr/bin/python3", "/usr/bin/aws", "s3", "ls")

    assert host.found("/usr/bin/python3.9", words) == [(sdk, f"{site}/awscli-{version}.dist-info")]


def test_command_line_interface_of_its_own_installer(host):
    program = "/usr/local/aws-cli/v2/2.31.0/dist/aws"

    assert host.found(program, ("aws", "s3")) == [("aws-cli-v2", f"the program {program}")]


@pytest.mark.parametrize(
    ("package", "sdk"), [("@aws-sdk/client-s3", "js-v3"), ("aws-sdk", "js-v2")]
)
def test_node_looks_upward_from_script_and_folder(host, package, sdk):
    host.has(f"/srv/app/node_modules/{package}/package.json")
    name = package.partition("/")[0]
    expected = [(sdk, f"/srv/app/node_modules/{name}")]

    assert host.found("/usr/bin/node", ("node", "/srv/app/src/main.js")) == expected
    assert host.found("/usr/bin/node", ("node", "main.js"), folder="/srv/app/src") == expected
    assert host.found("/usr/bin/node", ("node", "/opt/main.js")) == []


def test_gems_and_packages_of_php(host):
    host.has(
        "/var/lib/gems/3.1.0/gems/aws-sdk-core-3.168.1/VERSION",
        "/srv/app/vendor/aws/aws-sdk-php/composer.json",
    )

    assert host.found("/usr/bin/ruby3.1", ("ruby", "main.rb")) == [
        ("ruby-v3", "/var/lib/gems/3.1.0/gems/aws-sdk-core-3.168.1")
    ]
    assert host.found("/usr/bin/php8.2", ("php", "/srv/app/public/index.php")) == [
        ("php-v3", "/srv/app/vendor/aws/aws-sdk-php")
    ]


@pytest.mark.parametrize(
    ("executable", "sdk"),
    [
        ("/usr/local/bin/terraform", "terraform"),
        ("/root/.terraform/terraform-provider-aws_v5.94.1_x5", "terraform"),
        ("/usr/bin/tofu", "terraform"),
        ("/opt/microsoft/powershell/7/pwsh", "powershell"),
        ("/usr/bin/mount-s3", "crt"),
    ],
)
def test_program_that_is_one(host, executable, sdk):
    assert [one for one, _ in host.found(executable)] == [sdk]


def test_nothing_tells_of_a_shell(host):
    host.maps("/usr/lib/libc.so.6")

    assert host.found("/usr/bin/bash", ("bash", "/srv/run.sh")) == []


def test_tables_name_sdks_that_there_are():
    assert {sdk for language in LANGUAGES for sdk in language.sdks} <= set(SDK_NAMES)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs /proc")
def test_this_very_python_has_botocore():
    pytest.importorskip("botocore")
    with subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdout.write('!'); sys.stdout.flush(); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as started:
        started.stdout.read(1)
        process = read_processes(FileSystem()).processes[started.pid]
        begin = time.monotonic()
        found = Libraries(FileSystem()).of(process)
        spent = time.monotonic() - begin
        started.stdin.close()

    assert [one.sdk for one in found] == ["boto3"]
    assert spent < 0.5
