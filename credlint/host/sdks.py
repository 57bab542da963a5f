"""Which AWS SDKs this machine and the working tree have, each with the place that says so.

Told by names and short texts alone: nothing is run, and nothing below a folder of dependencies is
looked at. It decides which chains are shown when nobody asks for others, no more than that.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Optional

from credlint.host.files import SIZE_LIMIT, read_file, read_head
from credlint.model.snapshot import FoundSdk

# Of manifests only: their name (or ending), what in them names an SDK, and which one that is.
# Sources: the install pages of each SDK's developer guide.
_MANIFESTS: tuple[tuple[str, str, str], ...] = (
    ("package.json", r'"@aws-sdk/', "js-v3"),
    ("package.json", r'"aws-sdk"\s*:', "js-v2"),
    ("go.mod", r"github\.com/aws/aws-sdk-go-v2\b", "go-v2"),
    ("go.mod", r"github\.com/aws/aws-sdk-go[ \t]+v", "go-v1"),
    ("pom.xml|.gradle|.gradle.kts|.versions.toml", r"software\.amazon\.awssdk\b", "java-v2"),
    ("pom.xml|.gradle|.gradle.kts|.versions.toml", r"com\.amazonaws\b", "java-v1"),
    ("pom.xml|.gradle|.gradle.kts|.versions.toml", r"aws\.sdk\.kotlin\b", "kotlin"),
    ("Cargo.toml", r"(?m)^\s*aws-(?:config|sdk-\w+)\b", "rust"),
    (
        "requirements.txt|requirements.in|pyproject.toml|Pipfile|setup.py|setup.cfg|uv.lock",
        r"(?mi)(?:^|[\s\"'\[,-])(?:aio)?boto(?:3|core)\b",
        "boto3",
    ),
    ("requirements.txt|requirements.in|pyproject.toml|Pipfile", r"(?mi)^\W*awscli\b", "aws-cli-v1"),
    ("Gemfile|Gemfile.lock|.gemspec", r"\baws-sdk-\w+", "ruby-v3"),
    ("composer.json", r'"aws/aws-sdk-php', "php-v3"),
    (".csproj|.fsproj|packages.props", r'AWSSDK\.\w+"[^>]*Version="3', "dotnet-v3"),
    (".csproj|.fsproj|packages.props", r'AWSSDK\.\w+"[^>]*Version="[4-9]', "dotnet-v4"),
    ("Package.swift", r"aws-sdk-swift\b", "swift"),
    (".tf|.tf.json", r'provider\s+"aws"|hashicorp/aws\b|"provider".*"aws"', "terraform"),
    ("CMakeLists.txt|vcpkg.json|conanfile.txt|conanfile.py", r"AWSSDK\b|aws-sdk-cpp\b", "cpp"),
    (".ps1|.psd1|.psm1", r"(?i)\bAWSPowerShell\b|\bAWS\.Tools\.", "powershell"),
)
# Interpreters and tools by the name of their program, and what most of their users have.
_PROGRAMS = {
    "node": "js-v3",
    "java": "java-v2",
    "ruby": "ruby-v3",
    "php": "php-v3",
    "php-fpm": "php-v3",
    "dotnet": "dotnet-v4",
    "pwsh": "powershell",
    "terraform": "terraform",
    "tofu": "terraform",
    "aws": "aws-cli-v2",
}
_PYTHON = re.compile(r"python[0-9.]*\Z")
_VERSION = re.compile(r"[0-9.-]+\Z")
# Dependencies of dependencies, and what is not written by hand.
_PASSED_OVER = frozenset(
    "node_modules vendor target build dist bin obj site-packages __pycache__ venv".split()  # noqa: SIM905
)
_FOLDER_LIMIT = 200
_PROCESS_LIMIT = 2000
_PACKAGE = re.compile(r"(?P<name>boto3|botocore|awscli)-(?P<version>[0-9][^-]*)\.")
_SHEBANG = re.compile(rb"#!\s*(\S+)")


def detect_sdks(
    environment: Mapping[str, str],
    tree: Path,
    root: Path,
    packages: Iterable[tuple[str, str]],
    uid: Optional[int],
) -> tuple[FoundSdk, ...]:
    """Return the SDKs found, each once, with the first place that tells of it.

    ``tree``: the working directory; it and the folders in it are looked at. ``root`` stands for
    ``/``. ``packages``: what is installed beside credlint. ``uid``: whose processes count, None
    for everybody's.
    """
    found: dict[str, str] = {}
    for sdk, place in (
        *_of_packages(packages),
        *_of_command_line(environment.get("PATH", "")),
        *_of_tree(tree),
        *_of_processes(root, uid),
    ):
        found.setdefault(sdk, place)
    return tuple(FoundSdk(sdk, place) for sdk, place in found.items())


def _of_packages(packages: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for name, version in packages:
        if name in ("boto3", "botocore"):
            yield "boto3", f"{name} {version} is installed"


def _of_command_line(search_path: str) -> Iterator[tuple[str, str]]:
    """Yield the AWS CLI that the name ``aws`` stands for."""
    for folder in search_path.split(os.pathsep):
        program = os.path.join(folder, "aws")  # noqa: PTH118  a path of another's making
        if not folder or not os.path.isfile(program):  # noqa: PTH113
            continue
        major = _cli_version(program)
        if major is not None:
            yield f"aws-cli-v{major}", f"the program {program}"
        return


def _cli_version(program: str) -> Optional[int]:
    """Return 1 or 2: from the package beside the script's Python, else from what it is.

    Version 2's own installer links to ``…/aws-cli/v2/…`` and brings a binary, version 1's
    bundle links to a virtual environment; pip and the distributions install a script.
    """
    real = os.path.realpath(program)
    if "/v2/" in real or real.endswith(".exe"):
        return 2
    head = read_head(real, 256)
    if head is None:
        return None
    shebang = _SHEBANG.match(head)
    if shebang is None:
        return 2
    prefixes = [Path(real).parent.parent]
    if not shebang.group(1).endswith(b"/env"):
        prefixes.insert(0, Path(os.fsdecode(shebang.group(1))).parent.parent)
    for prefix in prefixes:
        for pattern in ("lib/python3*/*-packages", "local/lib/python3*/*-packages"):
            for folder in sorted(prefix.glob(pattern)):
                for entry in folder.glob("awscli-*"):
                    version = _PACKAGE.match(entry.name)
                    if version is not None:
                        return 2 if version.group("version").startswith("2") else 1
    return None


def _of_tree(tree: Path) -> Iterator[tuple[str, str]]:
    """Yield what the manifests of a folder, and of the folders in it, name."""
    folders = 0
    for base, below, files in os.walk(tree):
        inner = os.path.relpath(base, tree)
        below[:] = sorted(
            name for name in below if not name.startswith(".") and name not in _PASSED_OVER
        )
        folders += 1
        if inner != "." or folders > _FOLDER_LIMIT:
            below.clear()
        for name in sorted(files):
            wanted = [(pattern, sdk) for names, pattern, sdk in _MANIFESTS if _is(name, names)]
            if not wanted:
                continue
            raw = read_file(os.path.join(base, name), SIZE_LIMIT)  # noqa: PTH118
            text = raw.data.decode("utf-8", "replace")
            shown = name if inner == "." else f"{inner}/{name}"
            for pattern, sdk in wanted:
                if re.search(pattern, text):
                    yield sdk, shown
        if folders > _FOLDER_LIMIT:
            return


def _is(name: str, names: str) -> bool:
    lower = name.lower()
    return any(
        lower.endswith(one) if one.startswith(".") else lower == one.lower()
        for one in names.split("|")
    )


def _of_processes(root: Path, uid: Optional[int]) -> Iterator[tuple[str, str]]:
    """Yield what the programs that run as this user, or as anybody for root, mostly use."""
    try:
        numbers = sorted(int(name) for name in os.listdir(root / "proc") if name.isdigit())  # noqa: PTH208
    except OSError:
        return
    for number in numbers[:_PROCESS_LIMIT]:
        link = f"{root}/proc/{number}/exe"
        try:
            if uid and os.stat(f"{root}/proc/{number}").st_uid != uid:  # noqa: PTH116
                continue
            program = os.path.basename(os.readlink(link))  # noqa: PTH115, PTH119
        except OSError:
            continue
        name = program.partition(" ")[0]
        sdk = _PROGRAMS.get(_VERSION.sub("", name))
        if _PYTHON.match(name) and number != os.getpid():
            sdk = "boto3"
        if sdk is not None:
            yield sdk, f"{name} is running"
