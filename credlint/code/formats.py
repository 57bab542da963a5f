"""The readers by format: where each stands, what a text of it may turn out to be, its bound."""

from __future__ import annotations

from typing import NamedTuple

from credlint.model.aws_words import AWS_WORDS, JSON_WORDS


class Reader(NamedTuple):
    """Who reads a format: a module below ``credlint.code`` with ``read(text, uri) -> Parsed``.

    ``holds``: the formats that a text of it may turn out to be or have inside (embedded ones), the
    format itself when empty. ``limit``: bytes; what is longer is told, not read. ``of_many``: it
    reads several formats, and is given the name of the one at hand instead of a path. ``marks``:
    words of ``model.aws_words`` of which one stands in every text that is worth a look.
    """

    module: str
    holds: tuple[str, ...] = ()
    limit: int = 2 * 1024 * 1024
    of_many: bool = False
    marks: frozenset[str] = frozenset(AWS_WORDS)


# What YAML and JSON are by what stands in them (marked/dialects.py).
DIALECTS = (
    *("ansible", "azure-pipelines", "bitbucket-pipelines", "buildspec", "cdk", "circleci"),
    *("cloud-init", "cloudformation", "compose", "drone", "ecs-task", "github-action"),
    *("github-workflow", "gitlab-ci", "hadoop-tree", "helm-values", "kubernetes"),
    *("launch-template", "policy", "samconfig", "serverless", "terraform-init", "travis"),
)
# Languages that one lexer knows (program/languages.py); checks look at "program" for them all.
PROGRAMS = (
    *("javascript", "go", "java", "kotlin", "scala", "ruby", "php", "csharp", "rust", "groovy"),
    "powershell",
)
# Names under which checks look at several formats.
FAMILIES = ("program",)
_MARKED = (*DIALECTS, "shell", "python")
# Of these, what people write in JSON.
_IN_JSON = (
    *("buildspec", "cdk", "cloudformation", "ecs-task", "hadoop-tree", "kubernetes"),
    *("launch-template", "policy", "samconfig", "serverless", "shell", "terraform-init"),
)
# Much JSON is large, and is data.
_MARKS_OF_JSON = frozenset(
    (
        *("AWS::", "containerDefinitions", "HttpTokens", "MetadataOptions", "WithWebIdentity"),
        *("fs.s3", "AWS_A", "AWS_S", *JSON_WORDS),
    )
)
# By the name of the format; file_names.py tells which file is of which. A text is read only if it
# holds a hint of a rule for one of these formats.
READERS: dict[str, Reader] = {
    "batch": Reader("shell.batch"),
    "dockerfile": Reader("docker.reader", ("dockerfile", "shell", "python")),
    "hadoop": Reader("hadoop.reader"),
    "json": Reader("marked.json_reader", _IN_JSON, 8 * 1024 * 1024, marks=_MARKS_OF_JSON),
    "justfile": Reader("shell.recipes", ("justfile", "shell"), of_many=True),
    "makefile": Reader("shell.recipes", ("makefile", "shell"), of_many=True),
    "manifest": Reader("manifest.reader", (), 8 * 1024 * 1024),
    "markdown": Reader(
        "markdown.reader", ("markdown", "program", "batch", "shell", "python", *DIALECTS)
    ),
    "notebook": Reader("python.notebook", ("python", "shell"), 16 * 1024 * 1024),
    "python": Reader("python.module"),
    "shell": Reader("shell.reader", ("shell", "python", "program", "powershell"), 1024 * 1024),
    "systemd": Reader("systemd.reader", ("systemd", "shell")),
    "terraform": Reader("hcl.reader", ("terraform", *_MARKED)),
    "terraform-json": Reader("hcl.json_syntax", ("terraform",)),
    "toml": Reader("marked.toml_reader", ("samconfig",)),
    "yaml": Reader("marked.yaml_reader", _MARKED, 4 * 1024 * 1024),
    **{name: Reader("program.lexer", ("program", name), of_many=True) for name in PROGRAMS},
    "groovy": Reader("program.lexer", ("program", "groovy", "shell"), of_many=True),
}
