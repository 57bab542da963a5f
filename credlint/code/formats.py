"""The readers by format: where each stands, what a text of it may turn out to be, its bound."""

from __future__ import annotations

from collections.abc import Mapping

from credlint.model.aws_words import AWS_WORDS, needed_by
from credlint.model.lean_tuples import NamedTuple


class Reader(NamedTuple):
    """Who reads a format: a module below ``credlint.code`` with ``read(text, uri) -> Parsed``.

    ``holds``: the formats that a text of it may turn out to be or have inside (embedded ones), the
    format itself when empty. ``limit``: bytes; what is longer is told, not read. ``of_many``: it
    reads several formats, and is given the name of the one at hand instead of a path. ``marks``:
    words of ``model.aws_words`` of which one stands in every text that is worth a look. ``signs``:
    by the name of what it holds, hints of which one is met, in all its words, where it does.
    """

    module: str
    holds: tuple[str, ...] = ()
    limit: int = 2 * 1024 * 1024
    of_many: bool = False
    marks: frozenset[str] = frozenset(AWS_WORDS)
    signs: Mapping[str, tuple[tuple[str, ...], ...]] = {}


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
_MARKED = (*DIALECTS, "shell", "python", "hadoop")
# Of these, what people write in JSON under any name, and what stands in each such file. Much JSON
# is large, and is data: descriptions of interfaces speak of everything, yet set no `apiVersion`.
_OBJECT = ('"apiVersion": "', '"kind": "')
_TEMPLATE = ('"Resources"', "AWS::")
_IN_JSON: dict[str, tuple[tuple[str, ...], ...]] = {
    "buildspec": (('"phases"',),),
    "cloudformation": (_TEMPLATE,),
    "ecs-task": (("containerDefinitions",), ("AWS_A",), ("AWS_S",)),
    "hadoop-tree": (("fs.s3",),),
    "kubernetes": (_OBJECT,),
    "launch-template": (('"HttpTokens": "',), ('"UserData": "',)),
    "policy": (("WithWebIdentity", '"Federated'),),
    "serverless": (('"functions"',),),
    "shell": (('"phases"',), _TEMPLATE, ('"UserData"',), _OBJECT),
}
_MARKS_OF_JSON = frozenset(
    max(needed_by(sign[0]), key=len) for signs in _IN_JSON.values() for sign in signs
)
_LARGEST_JSON = 8 * 1024 * 1024
# By the name of the format; file_names.py tells which file is of which. A text is read only if it
# holds a hint of a rule for one of these formats.
READERS: dict[str, Reader] = {
    "batch": Reader("shell.batch", ("batch", "shell")),
    "dockerfile": Reader("docker.reader", ("dockerfile", "shell", "python")),
    "hadoop": Reader("hadoop.reader"),
    "json": Reader(
        "marked.json_file", tuple(_IN_JSON), _LARGEST_JSON, marks=_MARKS_OF_JSON, signs=_IN_JSON
    ),
    **{
        name: Reader("marked.json_reader", (name,), _LARGEST_JSON)
        for name in ("cdk", "samconfig", "terraform-init")
    },
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
