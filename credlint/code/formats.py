"""Which reader a file is for, by its path and first bytes, and whether it may hold anything."""

from __future__ import annotations

import re
from typing import NamedTuple, Optional


class Reader(NamedTuple):
    """Who reads a format: a module below ``credlint.code`` with ``read(text, uri) -> Parsed``.

    ``holds``: the formats that a text of it may turn out to be or have inside (embedded ones), the
    format itself when empty. ``limit``: bytes; what is longer is told, not read.
    """

    module: str
    holds: tuple[str, ...] = ()
    limit: int = 2 * 1024 * 1024


# What YAML and JSON are by what stands in them (marked/dialects.py).
DIALECTS = (
    *("ansible", "azure-pipelines", "bitbucket-pipelines", "buildspec", "cdk", "circleci"),
    *("cloud-init", "cloudformation", "compose", "drone", "ecs-task", "github-action"),
    *(
        "github-workflow",
        "gitlab-ci",
        "hadoop-tree",
        "helm-values",
        "kubernetes",
        "launch-template",
    ),
    *("policy", "samconfig", "serverless", "travis"),
)
_MARKED = (*DIALECTS, "shell", "python")
# By the name of the format. Only texts with a word of AWS in them are asked for (`HINT` in
# secrets.expressions), and of these such as hold the hints of a rule; Dockerfiles always.
READERS: dict[str, Reader] = {
    "python": Reader("python.module"),
    "hadoop": Reader("hadoop.reader"),
    "manifest": Reader("manifest.reader", (), 8 * 1024 * 1024),
    "dockerfile": Reader("docker.reader", ("dockerfile", "shell", "python")),
    "yaml": Reader("marked.yaml_reader", _MARKED, 4 * 1024 * 1024),
    "json": Reader("marked.json_reader", _MARKED, 8 * 1024 * 1024),
    "notebook": Reader("python.notebook", ("python", "shell"), 16 * 1024 * 1024),
}
_BY_SUFFIX = {
    "py": "python",
    "pyw": "python",
    "pyi": "python",
    "ipynb": "notebook",
    "yml": "yaml",
    "yaml": "yaml",
    "json": "json",
    "template": "template",
    "xml": "hadoop",
    "conf": "hadoop",
    "properties": "hadoop",
    "csproj": "manifest",
    "fsproj": "manifest",
    "vbproj": "manifest",
}
_BY_NAME: dict[str, str] = {
    **dict.fromkeys(("package.json", "package-lock.json", "npm-shrinkwrap.json"), "manifest"),
    **dict.fromkeys(("yarn.lock", "pnpm-lock.yaml", "go.mod", "pom.xml"), "manifest"),
    **dict.fromkeys(("build.gradle", "build.gradle.kts", "libs.versions.toml"), "manifest"),
    **dict.fromkeys(("build.sbt", "pyproject.toml", "pipfile", "composer.json"), "manifest"),
    **dict.fromkeys(("gemfile", "gemfile.lock", "packages.config"), "manifest"),
    "directory.packages.props": "manifest",
}
_INTERPRETER = re.compile(rb"#![^\n]{0,100}?\b(python)[0-9.]*\b")
_BY_INTERPRETER = {b"python": "python"}
# In lower case: Dockerfile, Dockerfile.prod, build.Dockerfile, Containerfile.
_DOCKERFILE = re.compile(r"(?:.*\.)?(?:docker|container)file(?:\.[^/]*)?\Z")

# requirements.txt, dev-requirements.in, requirements/dev.txt, constraints.txt.
_REQUIREMENTS = re.compile(r"(?:requirements|constraints)[^/]*(?:/[^/]+)?\.(?:txt|in)\Z")
_FROM = re.compile(rb"^FROM[ \t]", re.MULTILINE)


def is_always_read(uri: str) -> bool:
    """Tell whether a file is read even if nothing in it speaks of AWS."""
    name = uri[uri.rfind("/") + 1 :]
    return "file" in name and _DOCKERFILE.match(name.lower()) is not None


def format_of(uri: str, data: bytes) -> Optional[str]:
    """Return the name of the format, None where no reader is for it."""
    name = uri.rpartition("/")[2].lower()
    found = _BY_NAME.get(name) or _BY_SUFFIX.get(name.rpartition(".")[2] if "." in name else "")
    if found is None and _REQUIREMENTS.search(uri):
        found = "manifest"
    # A dockerfile.py is a program, a Dockerfile.py an image for it.
    if _DOCKERFILE.match(name) and (found is None or _FROM.search(data)):
        return "dockerfile"
    if found == "template":
        return "json" if data.lstrip()[:1] == b"{" else "yaml"
    if found is None and data.startswith(b"#!"):
        shebang = _INTERPRETER.match(data)
        found = _BY_INTERPRETER.get(shebang.group(1)) if shebang else None
    return found if found in READERS else None


_TEST = re.compile(
    r"(?:\A|/)(?:tests?|testing|__tests__|specs?|conftest\.py\Z|test_[^/]*\.py\Z)"
    r"|(?:_test\.(?:py|go)|[._](?:test|spec)\.[jt]sx?|Tests?\.java)\Z"
)
_DOCUMENTATION = re.compile(
    r"(?:\A|/)(?:docs?|documentation|examples?|samples?|tutorials?)/|\.(?:md|rst|adoc)\Z"
)


def is_test(uri: str) -> bool:
    """Tell whether a path is that of a test suite."""
    return _TEST.search(uri) is not None


def is_documentation(uri: str) -> bool:
    """Tell whether a path is that of documentation or of an example."""
    return _DOCUMENTATION.search(uri) is not None
