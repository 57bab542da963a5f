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
    *("github-workflow", "gitlab-ci", "helm-values", "kubernetes", "launch-template"),
    *("policy", "samconfig", "serverless", "travis"),
)
_MARKED = (*DIALECTS, "shell", "python")
# By the name of the format. Only texts with a word of AWS in them are asked for (`HINT` in
# secrets.expressions), and of these such as hold the hints of a rule; Dockerfiles always.
READERS: dict[str, Reader] = {
    "python": Reader("python.module"),
    "yaml": Reader("marked.yaml_reader", _MARKED, 4 * 1024 * 1024),
    "json": Reader("marked.json_reader", _MARKED, 8 * 1024 * 1024),
    "terraform": Reader("hcl.reader", ("terraform", "shell", "yaml", *_MARKED)),
}
_BY_SUFFIX = {
    "py": "python",
    "pyw": "python",
    "pyi": "python",
    "yml": "yaml",
    "yaml": "yaml",
    "json": "json",
    "template": "template",
    "tf": "terraform",
    "tofu": "terraform",
    "hcl": "terraform",
    "tfbackend": "terraform",
}
_BY_NAME: dict[str, str] = {}
_INTERPRETER = re.compile(rb"#![^\n]{0,100}?\b(python)[0-9.]*\b")
_BY_INTERPRETER = {b"python": "python"}
# In lower case: Dockerfile, Dockerfile.prod, build.Dockerfile, Containerfile.
_DOCKERFILE = re.compile(r"(?:.*\.)?(?:docker|container)file(?:\.[^/]*)?\Z")


TERRAFORM_FILES = (".tf", ".tofu", ".hcl", ".tfbackend")


def is_always_read(uri: str) -> bool:
    """Tell whether a file is read even if nothing in it speaks of AWS.

    ``provider "aws"`` and ``backend "s3"`` are no words of AWS that are looked for everywhere.
    """
    name = uri[uri.rfind("/") + 1 :]
    if name.endswith(TERRAFORM_FILES):
        return True
    return "file" in name and _DOCKERFILE.match(name.lower()) is not None


def format_of(uri: str, data: bytes) -> Optional[str]:
    """Return the name of the format, None where no reader is for it."""
    name = uri.rpartition("/")[2].lower()
    if _DOCKERFILE.match(name):
        return "dockerfile" if "dockerfile" in READERS else None
    found = _BY_NAME.get(name) or _BY_SUFFIX.get(name.rpartition(".")[2] if "." in name else "")
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
