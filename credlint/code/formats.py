"""Which reader a file is for, by its path and first bytes, and whether it may hold anything."""

from __future__ import annotations

import re
from typing import NamedTuple, Optional


class Reader(NamedTuple):
    """Who reads a format: a module below ``credlint.code`` with ``read(text, uri) -> Parsed``.

    ``holds``: the formats that a text of it may turn out to be or have inside (embedded ones), the
    format itself when empty. ``limit``: bytes; what is longer is told, not read. ``of_many``: it
    reads several formats, and ``read(text, format)`` is told which.
    """

    module: str
    holds: tuple[str, ...] = ()
    limit: int = 2 * 1024 * 1024
    of_many: bool = False


# What YAML and JSON are by what stands in them (marked/dialects.py).
DIALECTS = (
    *("ansible", "azure-pipelines", "bitbucket-pipelines", "buildspec", "cdk", "circleci"),
    *("cloud-init", "cloudformation", "compose", "drone", "ecs-task", "github-action"),
    *("github-workflow", "gitlab-ci", "helm-values", "kubernetes", "launch-template"),
    *("policy", "samconfig", "serverless", "travis"),
)
# Languages that one lexer knows (program/languages.py); checks look at "program" for them all.
PROGRAMS = (
    *("javascript", "go", "java", "kotlin", "scala", "ruby", "php", "csharp", "rust", "groovy"),
    "powershell",
)
# Names under which checks look at several formats.
FAMILIES = ("program",)
_MARKED = (*DIALECTS, "shell", "python")
# By the name of the format. Only texts with a word of AWS in them are asked for (`HINT` in
# secrets.expressions), and of these such as hold the hints of a rule; Dockerfiles always.
READERS: dict[str, Reader] = {
    "python": Reader("python.module"),
    "dockerfile": Reader("docker.reader", ("dockerfile", "shell", "python")),
    "yaml": Reader("marked.yaml_reader", _MARKED, 4 * 1024 * 1024),
    "json": Reader("marked.json_reader", _MARKED, 8 * 1024 * 1024),
    "toml": Reader("marked.toml_reader", ("samconfig",)),
    "shell": Reader("shell.reader", ("shell", "python"), 1024 * 1024),
    "makefile": Reader("shell.recipes", ("makefile", "shell"), of_many=True),
    "justfile": Reader("shell.recipes", ("justfile", "shell"), of_many=True),
    "batch": Reader("shell.batch"),
    "systemd": Reader("systemd.reader", ("systemd", "shell")),
    "markdown": Reader(
        "markdown.reader", ("markdown", "program", "batch", "shell", "python", *DIALECTS)
    ),
    **{name: Reader("program.lexer", ("program", name), of_many=True) for name in PROGRAMS},
    "notebook": Reader("python.notebook", ("python", "shell"), 16 * 1024 * 1024),
    "terraform": Reader("hcl.reader", ("terraform", *_MARKED)),
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
    **dict.fromkeys(("sh", "bash", "zsh", "ksh", "bats", "envrc"), "shell"),
    **dict.fromkeys(("mk", "mak", "make"), "makefile"),
    "just": "justfile",
    **dict.fromkeys(("bat", "cmd"), "batch"),
    **dict.fromkeys(("service", "socket"), "systemd"),
    **dict.fromkeys(("md", "markdown", "mdx"), "markdown"),
    **dict.fromkeys(("js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts"), "javascript"),
    "go": "go",
    "java": "java",
    **dict.fromkeys(("kt", "kts"), "kotlin"),
    **dict.fromkeys(("scala", "sc", "sbt"), "scala"),
    **dict.fromkeys(("rb", "rake"), "ruby"),
    "php": "php",
    "cs": "csharp",
    "rs": "rust",
    **dict.fromkeys(("groovy", "gradle", "jenkinsfile"), "groovy"),
    **dict.fromkeys(("ps1", "psm1"), "powershell"),
    **dict.fromkeys(("tf", "tofu", "hcl", "tfbackend"), "terraform"),
}
_BY_NAME: dict[str, str] = {
    **dict.fromkeys((".bashrc", ".bash_profile", ".bash_aliases", ".bash_login"), "shell"),
    **dict.fromkeys((".profile", ".zshrc", ".zprofile", ".zshenv", ".kshrc", ".envrc"), "shell"),
    **dict.fromkeys(("bashrc", "zshrc", "profile", "pkgbuild"), "shell"),
    **dict.fromkeys(("makefile", "gnumakefile"), "makefile"),
    **dict.fromkeys(("justfile", ".justfile"), "justfile"),
    "jenkinsfile": "groovy",
    "samconfig.toml": "toml",
    **dict.fromkeys(("rakefile", "gemfile", "capfile", "vagrantfile"), "ruby"),
}
# Drop-ins of systemd end in .conf, as much else does.
_DROP_IN = re.compile(r"\.(?:service|socket)\.d/[^/]+\.conf\Z")
_SHELLS = (b"sh", b"bash", b"zsh", b"dash", b"ksh", b"ash", b"bats")
_INTERPRETER = re.compile(
    rb"#![^\n]{0,100}?\b(python|bash|zsh|dash|ksh|ash|bats|sh|node|ruby|php|pwsh)[0-9.]*\b"
)
_BY_INTERPRETER = {
    b"python": "python",
    **dict.fromkeys(_SHELLS, "shell"),
    b"node": "javascript",
    b"ruby": "ruby",
    b"php": "php",
    b"pwsh": "powershell",
}
# In lower case: Dockerfile, Dockerfile.prod, build.Dockerfile, Containerfile.
_DOCKERFILE = re.compile(r"(?:.*\.)?(?:docker|container)file(?:\.[^/]*)?\Z")

# Settings of tools that deploy to AWS and to nothing else, whether they name it or not.
_DEPLOYED_BY = ("serverless.y", "samconfig.")
_TERRAFORM = (".tf", ".tofu", ".hcl", ".tfbackend")
_FROM = re.compile(rb"^FROM[ \t]", re.MULTILINE)


def is_always_read(uri: str) -> bool:
    """Tell whether a file is read even if nothing in it speaks of AWS.

    ``provider "aws"`` and ``backend "s3"`` are no words of AWS that are looked for everywhere.
    """
    name = uri[uri.rfind("/") + 1 :]
    if name.startswith(_DEPLOYED_BY) or name.endswith(_TERRAFORM):
        return True
    return "file" in name and _DOCKERFILE.match(name.lower()) is not None


def format_of(uri: str, data: bytes) -> Optional[str]:
    """Return the name of the format, None where no reader is for it."""
    name = uri.rpartition("/")[2].lower()
    found = _BY_NAME.get(name) or _BY_SUFFIX.get(name.rpartition(".")[2] if "." in name else "")
    # A dockerfile.py is a program, a Dockerfile.py an image for it.
    if _DOCKERFILE.match(name) and (found is None or _FROM.search(data)):
        return "dockerfile"
    if found == "template":
        return "json" if data.lstrip()[:1] == b"{" else "yaml"
    if found is None and name.endswith(".conf") and _DROP_IN.search(uri.lower()):
        found = "systemd"
    if found is None and name.startswith("jenkinsfile"):
        found = "groovy"
    if found is None and data.startswith(b"#!"):
        shebang = _INTERPRETER.match(data)
        found = _BY_INTERPRETER.get(shebang.group(1)) if shebang else None
    return found if found in READERS else None


_TEST = re.compile(
    r"(?:\A|/)(?:tests?|testing|__tests__|specs?|conftest\.py\Z|test_[^/]*\.py\Z)"
    r"|(?:_test\.(?:py|go)|[._](?:test|spec)\.[jt]sx?|Tests?\.java|\.tf(?:test|mock)\.hcl)\Z"
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
