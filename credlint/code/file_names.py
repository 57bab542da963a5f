"""Which format a file is of, by its name and first bytes; whether it is a test or an example."""

from __future__ import annotations

import re
from typing import Optional

_BY_SUFFIX = {
    **dict.fromkeys(("py", "pyw", "pyi"), "python"),
    "ipynb": "notebook",
    **dict.fromkeys(("yml", "yaml"), "yaml"),
    "json": "json",
    "template": "template",
    **dict.fromkeys(("xml", "conf", "properties"), "hadoop"),
    **dict.fromkeys(("csproj", "fsproj", "vbproj"), "manifest"),
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
    # Settings of tools that deploy to AWS and to nothing else, whether they name it or not.
    "samconfig.toml": "toml",
    "cdk.json": "cdk",
    **dict.fromkeys(("rakefile", "capfile", "vagrantfile"), "ruby"),
    **dict.fromkeys(("package.json", "package-lock.json", "npm-shrinkwrap.json"), "manifest"),
    **dict.fromkeys(("yarn.lock", "pnpm-lock.yaml", "go.mod", "pom.xml"), "manifest"),
    **dict.fromkeys(("build.gradle", "build.gradle.kts", "libs.versions.toml"), "manifest"),
    **dict.fromkeys(("build.sbt", "pyproject.toml", "pipfile", "composer.json"), "manifest"),
    **dict.fromkeys(("gemfile", "gemfile.lock", "packages.config"), "manifest"),
    "directory.packages.props": "manifest",
}
# A template of a script is read as one: user-data.sh.tpl.
_TEMPLATES = ("tpl", "tmpl", "tftpl", "j2", "jinja", "jinja2", "erb", "in")
_SCRIPTS = (".sh", ".bash", ".zsh", ".ps1", ".service")
# requirements.txt, dev-requirements.in, requirements/dev.txt, constraints.txt.
_PINNED = re.compile(r"(?:requirements|constraints)[^/]*(?:/[^/]+)?\.(?:txt|in)\Z")
# By what the name ends in: expressions for the whole path.
_BY_PATH = {
    # Drop-ins of systemd end in .conf, as much else does.
    "conf": ((re.compile(r"\.(?:service|socket)\.d/[^/]+\.conf\Z"), "systemd"),),
    "json": (
        (re.compile(r"\.(?:tf|tofu)\.json\Z"), "terraform-json"),
        (re.compile(r"(?:\A|/)samconfig[^/]*\.json\Z"), "samconfig"),
    ),
    # Small; states elsewhere are large, and nothing here is for them.
    "tfstate": ((re.compile(r"\.terraform/terraform\.tfstate\Z"), "terraform-init"),),
    "txt": ((_PINNED, "manifest"),),
    "in": ((_PINNED, "manifest"),),
}
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
_FROM = re.compile(rb"^FROM[ \t]", re.MULTILINE)


# The SDKs themselves, which do what the rules tell others not to: the packages that nobody else's
# folder is called after, and those whose modules are told by Amazon's notice at their heads.
_SDKS = ("botocore/", "s3transfer/", "boto3/", "awscli/")
_SDK = re.compile(r"(?:\A|/)(?:botocore|aiobotocore|s3transfer)/(?:[^/]+/)*[^/]+\.(?:py|json)\Z")
_NOTICED = re.compile(r"(?:\A|/)(?:boto3|awscli)/(?:[^/]+/)*[^/]+\.py\Z")
_NOTICE = b"Amazon.com, Inc. or its affiliates"
# The SDK for browsers, which projects keep as one file (aws-sdk.js, aws-sdk-2.487.0.min.js).
_OF_BROWSERS = b"// AWS SDK for JavaScript v"
_HEAD = 300


def is_of_sdk(uri: str, data: bytes) -> bool:
    """Tell whether a file is of an SDK: of boto3, its relatives, the AWS CLI, that for browsers."""
    if data.startswith(_OF_BROWSERS):
        return True
    # Most paths hold none of the names, and to look for those takes a tenth of the time.
    if not any(name in uri for name in _SDKS):
        return False
    return _SDK.search(uri) is not None or (
        _NOTICED.search(uri) is not None and _NOTICE in data[:_HEAD]
    )


def format_of(uri: str, data: bytes) -> Optional[str]:
    """Return the name of the format, None where no reader is for it."""
    name = uri.rpartition("/")[2].lower()
    stem, _, last = name.rpartition(".")
    if last in _TEMPLATES and stem.endswith(_SCRIPTS):
        name = stem
    found = _BY_NAME.get(name)
    if found is None and "." in name:
        suffix = name.rpartition(".")[2]
        paths = _BY_PATH.get(suffix, ())
        found = next((each for path, each in paths if path.search(uri)), _BY_SUFFIX.get(suffix))
    # A dockerfile.py is a program, a Dockerfile.py an image for it.
    if _DOCKERFILE.match(name) and (found is None or _FROM.search(data)):
        return "dockerfile"
    if found == "template":
        return _of_template(name, data)
    if found is None and name.startswith("jenkinsfile"):
        found = "groovy"
    if found is None and data.startswith(b"#!"):
        shebang = _INTERPRETER.match(data)
        found = _BY_INTERPRETER.get(shebang.group(1)) if shebang else None
    return found


def _of_template(name: str, data: bytes) -> Optional[str]:
    """Return what a ``.template`` is: CloudFormation's, YAML by its name, or anything else."""
    if data.lstrip()[:1] == b"{":
        return "json"
    is_yaml = name.endswith((".yaml.template", ".yml.template")) or b"Resources" in data
    return "yaml" if is_yaml else None


_TEST = re.compile(
    r"(?:\A|/)(?:(?:tests?|testing|__tests__|specs?)/|[^/]*(?<!\bab)_tests?/"
    r"|tests?_(?:tools?|utils?|utilities|helpers?|support|lib|data|resources|doubles)/"
    r"|conftest\.py\Z|test_[^/]*\.py\Z)"
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
