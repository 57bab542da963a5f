"""Manifests whose packages stand on a line each: go.mod, Gradle, pip, Bundler, yarn, pnpm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.manifest.dependency import DEVELOPMENT, DIRECT, TRANSITIVE, Dependency

_GO = re.compile(r"[ \t]*(?:require[ \t]+)?([a-z0-9.-]+\.[a-z]+/[^ \t]+)[ \t]+(v[^ \t/]+)")
# "group:name:version" and "group" %% "name" % "version".
_MAVEN = re.compile(
    r"""["']([a-z][\w.-]*)["':][ \t]*(?:%{0,3}[ \t]*["'])?([A-Za-z][\w.-]*)"""
    r"""(?:["':][ \t]*(?:%[ \t]*["'])?([\w$\[(][\w.$+\[\](),{}-]*))?"""
)
_MAVEN_PAIRS = re.compile(
    r"""group[ \t]*[:=][ \t]*["']([\w.-]+)["'],[ \t]*name[ \t]*[:=][ \t]*["']([\w.-]+)["']"""
    r"""(?:,[ \t]*version(?:\.ref)?[ \t]*[:=][ \t]*["']([\w.-]+)["'])?"""
)
_FOR_TESTS = re.compile(r"(?i)\btest|\bTest\b|% *\"?Test")
_REQUIREMENT = re.compile(r"([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?[ \t]*([=<>~!][^;#]*)?(?=[;#@]|\Z)")
_SECTION = re.compile(r"[ \t]*\[+[ \t]*([^\]]+?)[ \t]*\]")
_ASSIGNED = re.compile(r"""[ \t]*["']?([A-Za-z0-9][\w.-]*)["']?[ \t]*=[ \t]*(.*)""")
_QUOTED = re.compile(r"""["']([^"']*)["']""")
_GEM = re.compile(r"""[ \t]*gem[ \t(]+["']([\w-]+)["'](?:,[ \t]*["']([^"']*)["'])?""")
_LOCKED_GEM = re.compile(r"( {4,6})([\w-]+) \(([0-9][^)]*)\)")
_YARN = re.compile(r'"?((?:@[^/@"]+/)?[^@/",: ]+)@[^:].*:\Z')
_YARN_VERSION = re.compile(r'  version:? "?([^"\s]+)"?')
_PNPM = re.compile(r"""  ['"]?/?((?:@[^/@]+/)?[a-z0-9._-]+)[@/]([0-9][^(:'"]*).*:\Z""")
_LONGEST = 2000


def _lines(text: bytes) -> Iterator[tuple[int, str]]:
    """Yield the lines with their offsets, one character a byte; very long ones are passed over."""
    offset = 0
    for line in text.split(b"\n"):
        if len(line) <= _LONGEST:
            yield offset, line.rstrip(b"\r").decode("latin-1")
        offset += len(line) + 1


def of_go_mod(text: bytes) -> Iterator[Dependency]:
    """Yield what ``go.mod`` requires (Go Modules Reference, "go.mod files")."""
    inside = ""
    for offset, line in _lines(text):
        words = line.split()
        if words[1:2] == ["("]:
            inside = words[0]
        elif words[:1] == [")"]:
            inside = ""
        if (inside or (words or [""])[0]) != "require":
            continue
        found = _GO.match(line)
        if found:
            scope = TRANSITIVE if "// indirect" in line else DIRECT
            start, end = found.span(1)
            yield Dependency("go", found[1], found[2], scope, offset + start, offset + end)


def of_gradle(text: bytes) -> Iterator[Dependency]:
    """Yield coordinates of Maven in Gradle's scripts and catalogues, and in those of sbt."""
    for offset, line in _lines(text):
        if line.lstrip()[:2] in ("//", "/*", "* "):
            continue
        for expression in (_MAVEN, _MAVEN_PAIRS):
            for found in expression.finditer(line):
                before = line[: found.start()]
                is_test = _FOR_TESTS.search(before) or _FOR_TESTS.search(line[found.end() :])
                scope = DEVELOPMENT if is_test else DIRECT
                start, end = offset + found.start(1), offset + found.end(2)
                name = f"{found[1]}:{found[2]}"
                yield Dependency("maven", name, found[3] or "", scope, start, end)


def of_requirements(text: bytes) -> Iterator[Dependency]:
    """Yield what a requirements file names (PEP 508)."""
    for offset, line in _lines(text):
        stripped = line.strip()
        blank = len(line) - len(line.lstrip())
        found = _python(stripped, DIRECT, offset + blank)
        if found is not None:
            yield found


def _python(requirement: str, scope: str, offset: int) -> Optional[Dependency]:
    found = _REQUIREMENT.match(requirement)
    if found is None:
        return None
    start, end = found.span(1)
    version = (found[2] or "").strip()
    return Dependency("pypi", found[1].lower(), version, scope, offset + start, offset + end)


def of_pyproject(text: bytes) -> Iterator[Dependency]:
    """Yield requirements of ``pyproject.toml`` (PEP 621, 735, Poetry) and of a Pipfile."""
    section = ""
    is_list = False
    scope = DIRECT
    for offset, line in _lines(text):
        header = _SECTION.match(line)
        if header and "=" not in line and not is_list:
            section = header[1].lower()
            continue
        if line.lstrip().startswith("#"):
            continue
        assigned = _ASSIGNED.match(line)
        if assigned and not is_list:
            name, value = assigned[1].lower(), assigned[2]
            scope = _scope(section, name)
            if section.endswith(("dependencies", "packages")) and not value.startswith("["):
                version = _QUOTED.search(value)
                start, end = assigned.span(1)
                held = version[1] if version else ""
                yield Dependency("pypi", name, held, scope, offset + start, offset + end)
                continue
            is_requirements = name.endswith("dependencies") or section.endswith(
                ("optional-dependencies", "dependency-groups")
            )
            if not is_requirements or not value.startswith("["):
                continue
            is_list = True
        if is_list:
            begin = assigned.start(2) if assigned and assigned[2].startswith("[") else 0
            for quoted in _QUOTED.finditer(line, begin):
                found = _python(quoted[1], scope, offset + quoted.start(1))
                if found is not None:
                    yield found
            is_list = not _QUOTED.sub("", line[begin:]).rstrip().rstrip(",").endswith("]")


def _scope(section: str, name: str) -> str:
    is_group = section.endswith(("optional-dependencies", "dependency-groups"))
    words = f"{section} {name}" if is_group else section
    # Groups are never installed with the package (PEP 735).
    is_dev = "dependency-groups" in section or any(
        word in words for word in ("dev", "test", "lint", "docs")
    )
    return DEVELOPMENT if is_dev else DIRECT


def of_gemfile(text: bytes) -> Iterator[Dependency]:
    """Yield the gems of a Gemfile; what stands in a block for tests is taken for that."""
    inside = DIRECT
    for offset, line in _lines(text):
        stripped = line.strip()
        if stripped.startswith("group") and stripped.endswith("do"):
            is_dev = ":test" in stripped or ":development" in stripped
            inside = DEVELOPMENT if is_dev else DIRECT
        elif stripped == "end":
            inside = DIRECT
        found = _GEM.match(line)
        if found:
            start, end = found.span(1)
            yield Dependency(
                "rubygems", found[1], found[2] or "", inside, offset + start, offset + end
            )


def of_gemfile_lock(text: bytes) -> Iterator[Dependency]:
    """Yield gems that others ask for; those of the Gemfile stand under DEPENDENCIES."""
    direct = {
        line.strip().split(" ")[0].rstrip("!")
        for line in text.decode("latin-1").partition("\nDEPENDENCIES\n")[2].split("\n")
        if line.startswith("  ")
    }
    for offset, line in _lines(text):
        found = _LOCKED_GEM.fullmatch(line)
        if found and len(found[1]) == 4 and found[2] not in direct:  # noqa: PLR2004  a gem's own line
            start, end = found.span(2)
            yield Dependency(
                "rubygems", found[2], found[3], TRANSITIVE, offset + start, offset + end
            )


def of_yarn_lock(text: bytes) -> Iterator[Dependency]:
    """Yield what ``yarn.lock`` has, of version 1 and of Berry; who asks for it is not told."""
    head: Optional[tuple[str, int, int]] = None
    for offset, line in _lines(text):
        if line and line[0] not in " #":
            found = _YARN.match(line)
            head = (found[1], offset + found.start(1), offset + found.end(1)) if found else None
        elif head is not None:
            version = _YARN_VERSION.match(line)
            if version:
                yield Dependency("npm", head[0], version[1], TRANSITIVE, head[1], head[2])
                head = None


def of_pnpm_lock(text: bytes) -> Iterator[Dependency]:
    """Yield the packages of ``pnpm-lock.yaml``, each once."""
    seen = set()
    for offset, line in _lines(text):
        found = _PNPM.match(line)
        if found and (found[1], found[2]) not in seen:
            seen.add((found[1], found[2]))
            start, end = found.span(1)
            yield Dependency("npm", found[1], found[2], TRANSITIVE, offset + start, offset + end)
