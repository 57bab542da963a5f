"""Which AWS SDKs a running process has: what is mapped, open, installed beside it or built in.

Told by names and short reads; nothing is run. None found means unknown: then all are judged.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator

from credlint.host.files import read_file
from credlint.host.filesystem import FileSystem
from credlint.host.machine.executables import Programs, SearchBudget
from credlint.host.machine.interpreters import LANGUAGES, installed
from credlint.host.machine.processes import RunningProcess
from credlint.model.lean_dataclasses import dataclass, field
from credlint.model.snapshot import FoundSdk

# Programs that are one of the SDKs, or bring one, by name.
_PROGRAMS = (
    (re.compile(r"terraform(-provider-aws.*)?\Z|tofu\Z|terragrunt\Z"), "terraform"),
    (re.compile(r"pwsh(-preview)?\Z"), "powershell"),
    (re.compile(r"mount-s3\Z"), "crt"),
)
# Files that a process has mapped or open, by their base name. Sources: the artefacts of each SDK.
# libarrow_s3: pyarrow 26's module that has the C++ SDK linked in.
_LIBRARIES = (
    (re.compile(r"libaws-cpp-sdk-core\.(so|dylib)|libarrow_s3\.so"), "cpp"),
    (re.compile(r"aws-java-sdk-core-1\.[\w.-]*\.jar\Z"), "java-v1"),
    (re.compile(r"(sdk-core|auth|aws-core|regions)-2\.[\w.-]*\.jar\Z"), "java-v2"),
    (re.compile(r"aws-config-jvm-[\w.-]*\.jar\Z"), "kotlin"),
    (re.compile(r"AWSSDK\.Core\.dll\Z"), "dotnet"),
)
# Part of other SDKs too: it counts alone.
_CRT = re.compile(r"_awscrt\.|libaws-crt|libaws-c-auth\.so")
_MAPPED = re.compile(r"^\S+ \S+ \S+ \S+ [1-9]\d*\s+(/.*)$", re.MULTILINE)
_MAPS_LIMIT = 4 * 1024 * 1024
_OPEN_LIMIT = 4096
_JAR_TAIL = 4 * 1024 * 1024
_PACKED = (
    (re.compile(rb"software/amazon/awssdk/(core|auth)/|lib/(sdk|aws)-core-2\."), "java-v2"),
    (re.compile(rb"com/amazonaws/auth/AWSCredentials|lib/aws-java-sdk-core-1\."), "java-v1"),
    (re.compile(rb"aws/sdk/kotlin/runtime/|lib/aws-config-jvm-"), "kotlin"),
)
_NET_CORE = re.compile(r'"AWSSDK\.Core/(\d+)\.')


@dataclass
class Libraries:
    """Tells the SDKs of the processes of one host; looks at each program and set-up once.

    ``system``: the host's files, whose /proc it is.
    """

    system: FileSystem
    programs: Programs = field(default_factory=Programs)
    _known: dict[object, tuple[FoundSdk, ...]] = field(default_factory=dict)

    def of(self, process: RunningProcess) -> tuple[FoundSdk, ...]:
        """Return the SDKs found, each once, with the first place that tells of it."""
        environment = process.environment
        key = (
            (process.system.root, process.executable, process.words[:4], process.folder),
            (process.uid, environment.get("PATH"), environment.get("PYTHONPATH")),
            (environment.get("GEM_HOME"), environment.get("HOME"), process.container),
        )
        if key not in self._known:
            found: dict[str, str] = {}
            for sdk, place in self._iter(process):
                found.setdefault(sdk, place)
            self._known[key] = tuple(FoundSdk(sdk, place) for sdk, place in found.items())
        return self._known[key]

    def iter_skipped(self) -> Iterator[tuple[str, str]]:
        """Yield what was not searched, for ``HostAudit.skipped``."""
        for path in sorted(self.programs.budget.passed_over):
            yield path, "was not searched for an AWS SDK: too much to read; all SDKs are judged"

    def _iter(self, process: RunningProcess) -> Iterator[tuple[str, str]]:
        name = posixpath.basename(process.executable) or process.program
        for pattern, sdk in _PROGRAMS:
            if pattern.match(name):
                yield sdk, f"the program {name}"
                return
        base = f"{self.system.root.rstrip('/')}/proc/{process.pid}"
        language = next((one for one in LANGUAGES if one.program.match(name)), None)
        files = list(_mapped(base))
        if language is not None and language.keeps_open:
            files += _open_files(base)
        told = list(_of_files(files, process))
        yield from told
        if language is not None:
            beside = list(installed(language, process, files))
            yield from beside
            if not told and not beside and _names_aws(process):
                # Whatever it loads, it is no other language's; without a variable of AWS there is
                # no sign that it loads any.
                yield from ((sdk, f"the program {name}") for sdk in language.sdks)
            return
        built_in = self._built_in(process)
        yield from ((sdk, f"in the program {process.executable}") for sdk in built_in)
        if not told and not built_in:
            yield from (("crt", f"{one} is mapped") for one in files if _CRT.search(one))

    def _built_in(self, process: RunningProcess) -> tuple[str, ...]:
        if not process.executable or process.system.is_blocked(process.executable):
            return ()
        try:
            path = process.system.locate(process.executable)
        except OSError:
            return ()
        return self.programs.sdks_in(path, process.executable)


def sdks_of(
    process: RunningProcess, system: FileSystem, budget: SearchBudget
) -> tuple[FoundSdk, ...]:
    """Return the SDKs of one process; none when that cannot be told."""
    return Libraries(system, Programs(budget)).of(process)


def _names_aws(process: RunningProcess) -> bool:
    return any(name.startswith("AWS_") for name in process.environment)


def _mapped(base: str) -> Iterable[str]:
    text = read_file(f"{base}/maps", _MAPS_LIMIT).data.decode("utf-8", "replace")
    return dict.fromkeys(path.removesuffix(" (deleted)") for path in _MAPPED.findall(text))


def _open_files(base: str) -> list[str]:
    found = []
    try:
        names = os.listdir(f"{base}/fd")[:_OPEN_LIMIT]  # noqa: PTH208
    except OSError:
        return []
    for name in names:
        try:
            target = os.readlink(f"{base}/fd/{name}")  # noqa: PTH115  text as it is written
        except OSError:
            continue
        if target.startswith("/"):
            found.append(target)
    return sorted(set(found))


def _of_files(files: Iterable[str], process: RunningProcess) -> Iterator[tuple[str, str]]:
    plain = []
    for path in files:
        name = posixpath.basename(path)
        sdk = next((sdk for pattern, sdk in _LIBRARIES if pattern.match(name)), None)
        if sdk == "dotnet":
            yield from ((one, f"{path} is mapped") for one in _net_versions(path, process.system))
        elif sdk is not None:
            yield sdk, f"{path} is loaded"
        elif name.endswith((".jar", ".war")):
            plain.append(path)
    for path in plain[:16]:
        yield from ((sdk, f"in {path}") for sdk in _packed(path, process.system))


def _packed(path: str, system: FileSystem) -> Iterator[str]:
    """Yield the SDKs in an archive of archives, or of classes of many, by its list of names."""
    try:
        with open(system.locate(path), "rb") as file:  # noqa: PTH123
            file.seek(max(0, os.fstat(file.fileno()).st_size - _JAR_TAIL))
            tail = file.read(_JAR_TAIL)
    except OSError:
        return
    yield from (sdk for pattern, sdk in _PACKED if pattern.search(tail))


def _net_versions(path: str, system: FileSystem) -> tuple[str, ...]:
    """Return which of the two .NET SDKs a file is by the program's list beside it, else both."""
    folder = posixpath.dirname(path)
    try:
        names = sorted(os.listdir(system.locate(folder)))  # noqa: PTH208
    except OSError:
        names = []
    for name in names:
        if name.endswith(".deps.json"):
            text = system.read(f"{folder}/{name}").data.decode("utf-8", "replace")
            major = _NET_CORE.search(text)
            if major is not None:
                return ("dotnet-v4",) if int(major.group(1)) > 3 else ("dotnet-v3",)  # noqa: PLR2004
    return ("dotnet-v4", "dotnet-v3")
