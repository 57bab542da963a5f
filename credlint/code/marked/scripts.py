"""Scripts and files inside of YAML and JSON: where they stand, so that their rules see them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Optional

from credlint.code.marked.nodes import Node, Scalar, Sequence, Step, items_of, text_at, walk
from credlint.code.marked.positions import embedded
from credlint.code.sighting import Embedded, Segment
from credlint.model.lean_dataclasses import replace
from credlint.model.lean_tuples import NamedTuple

if TYPE_CHECKING:
    from credlint.code.marked.document import MarkedDocument

# The separator and the list.
_JOIN = 2
_VARIABLE = b"${AWS}"
_CFN_INIT = "AWS::CloudFormation::Init"


class _Place(NamedTuple):
    """Scripts of a dialect: the names at the end of their paths, ``*`` for a number.

    ``is_run_by_shell``: False where its words are a command line, so that it stays one command.
    ``within``: a name that has to stand somewhere above.
    """

    path: tuple[str, ...]
    format: str = "shell"
    is_run_by_shell: bool = True
    within: str = ""


_SCRIPTS: dict[str, tuple[_Place, ...]] = {
    "github-workflow": (_Place(("run",)),),
    "github-action": (_Place(("run",)),),
    "gitlab-ci": tuple(
        _Place(path)
        for name in ("script", "before_script", "after_script")
        for path in ((name,), (name, "*"), (name, "*", "*"))
    ),
    "circleci": (_Place(("run",)), _Place(("run", "command"))),
    "buildspec": (_Place(("commands", "*")), _Place(("finally", "*"))),
    "bitbucket-pipelines": (_Place(("script", "*")), _Place(("after-script", "*"))),
    "azure-pipelines": (_Place(("script",)), _Place(("bash",)), _Place(("inlineScript",))),
    "drone": (_Place(("commands", "*")),),
    "travis": tuple(
        _Place(path)
        for name in ("before_install", "install", "before_script", "script", "after_success")
        for path in ((name,), (name, "*"))
    ),
    "cloud-init": (
        *(_Place(("runcmd", "*")), _Place(("bootcmd", "*"))),
        _Place(("write_files", "*", "content")),
    ),
    "ansible": (
        _Place(("shell",)),
        _Place(("command",), is_run_by_shell=False),
        _Place(("ansible.builtin.shell",)),
    ),
    "cloudformation": (
        *(
            _Place(("UserData", *path))
            for path in (
                *((), ("*",), ("Fn::Sub",), ("Fn::Sub", "*"), ("Fn::Base64",), ("Fn::Base64", "*")),
                *(("Fn::Base64", "Fn::Sub"), ("Fn::Base64", "Fn::Sub", "*")),
            )
        ),
        # A command that is one text is run by a shell (CloudFormation User Guide, cfn-init).
        *(_Place(("command", *path), within=_CFN_INIT) for path in ((), ("Fn::Sub",))),
    ),
    "kubernetes": (*(_Place(("command", "*")), _Place(("args", "*"))),),
    "compose": (
        _Place(("command",), is_run_by_shell=False),
        _Place(("entrypoint",), is_run_by_shell=False),
    ),
}

# Of a ConfigMap or Secret: what its files are, by the ends of their names.
_FILES = {
    **dict.fromkeys((".sh", ".bash"), "shell"),
    **dict.fromkeys((".xml", ".conf", ".properties"), "hadoop"),
}


def iter_scripts(document: MarkedDocument) -> Iterator[Embedded]:
    """Yield the scripts of a document by its dialects, each once."""
    places = [place for name in document.formats for place in _SCRIPTS.get(name, ())]
    if not places:
        return
    joins = "cloudformation" in document.formats
    has_files = "kubernetes" in document.formats
    for root in document.roots:
        for path, node in walk(root):
            is_command = "command" in path[-2:] and _CFN_INIT in path
            if joins and ("UserData" in path[-3:] or is_command):
                yield from _joined(document, path, node)
            if not isinstance(node, Scalar) or not node.written:
                continue
            for place in places:
                if _ends_with(path, place.path) and (not place.within or place.within in path):
                    script = embedded(document.text, node, place.format)
                    if not place.is_run_by_shell:
                        script = replace(script, encode=_no_edit)
                    yield script
                    break
            kind = _kind_of_file(path, node) if has_files else None
            if kind is not None:
                yield embedded(document.text, node, kind)


def _kind_of_file(path: tuple[Step, ...], node: Scalar) -> Optional[str]:
    """Return the format of a file of a ConfigMap or Secret; base64 of one is on one line."""
    if path[-2:-1] not in (("data",), ("stringData",)) or "\n" not in (node.value or ""):
        return None
    return next((_FILES[end] for end in _FILES if str(path[-1]).endswith(end)), None)


def _no_edit(written: str) -> Optional[str]:
    return None if written else written


def _joined(document: MarkedDocument, path: tuple[Step, ...], node: Node) -> Iterator[Embedded]:
    """Yield the script that ``Fn::Join`` puts together with nothing between.

    What is no text stands in it as a variable.
    """
    name = path[-1] if path else ""
    tag = node.tag if isinstance(node, Sequence) else ""
    parts = items_of(node)
    if (name != "Fn::Join" and tag != "!Join") or len(parts) != _JOIN:
        return
    if text_at(parts[0]) != "":
        return
    pieces: list[bytes] = []
    segments: list[Segment] = []
    inner = 0
    encode = None
    for item in items_of(parts[1]):
        made = embedded(document.text, item, "shell") if isinstance(item, Scalar) else None
        if made is None or item.tag not in ("", "!Sub"):
            pieces.append(_VARIABLE)
            segments.append(Segment(inner, item.start, 0))
        else:
            encode = encode or made.encode
            pieces.append(made.text)
            segments += [
                Segment(inner + start, outer, length) for start, outer, length in made.segments
            ]
        inner += len(pieces[-1])
    if encode is not None:
        yield Embedded("shell", b"".join(pieces), tuple(segments), encode)


def _ends_with(path: tuple[Step, ...], end: tuple[str, ...]) -> bool:
    if len(path) < len(end):
        return False
    return all(
        isinstance(step, int) if wanted == "*" else step == wanted
        for step, wanted in zip(path[len(path) - len(end) :], end)
    )
