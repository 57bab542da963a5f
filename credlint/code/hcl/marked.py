"""Documents of JSON in HCL as trees that checks of JSON and YAML understand.

They stand as ``jsonencode({…})``, as heredocs, and as ``aws_iam_policy_document``. What Terraform
alone knows becomes ``${…}``, which those checks take for unknown; a text that is known from
elsewhere has no value but stands in ``written``, so that nobody edits it in the wrong place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.code.hcl.blocks import Block, Body
from credlint.code.hcl.folder import Folder
from credlint.code.hcl.reader import HclFile
from credlint.code.hcl.scripts import heredoc
from credlint.code.hcl.values import is_call
from credlint.code.marked.json_reader import read as read_json
from credlint.code.marked.nodes import Entry, Mapping, Node, Scalar, Sequence, items_of, walk
from credlint.code.sighting import Embedded, NotReadError

_DEEPEST = 60
_POLICY = "Statement"


def document_of(file: HclFile, folder: Folder, node: Optional[Node]) -> Optional[Node]:
    """Return the document that a value is the JSON of, None where that is not known."""
    if node is None:
        return None
    known = folder.known(node)
    if not known.here:
        return None
    if is_call(known.node, "jsonencode"):
        inner = next(iter(items_of(known.node)), None)
        return _plain(folder, inner) if inner is not None else None
    if isinstance(known.node, Scalar) and known.node.style == "heredoc":
        return _of_heredoc(file, known.node)
    return None


def policies_of(file: HclFile, folder: Folder) -> Iterator[Node]:
    """Yield the policies of IAM that stand in a file, wherever they are put."""
    seen: set[int] = set()
    for block in file.body.blocks:
        if block.kind == "data" and block.label(0) == "aws_iam_policy_document":
            yield _of_statements(folder, block)
            continue
        for value in _values(block.body):
            for _, node in walk(value):
                is_document = is_call(node, "jsonencode") or (
                    isinstance(node, Scalar) and node.style == "heredoc" and _POLICY in node.written
                )
                document = document_of(file, folder, node) if is_document else None
                if document is not None and document.start not in seen:
                    seen.add(document.start)
                    yield document


def _values(body: Body) -> Iterator[Node]:
    for argument in body.arguments.values():
        yield argument.value
    for block in body.blocks:
        yield from _values(block.body)


def _plain(folder: Folder, node: Node, depth: int = 0) -> Node:
    """Return a value without references and calls."""
    if depth > _DEEPEST:
        return _unknown(node, "")
    if isinstance(node, Scalar):
        return _scalar(folder, node, depth)
    if isinstance(node, Mapping):
        entries = (
            Entry(_key(each.key), _plain(folder, each.value, depth + 1)) for each in node.entries
        )
        return node._replace(entries=tuple(entries))
    if node.tag in ("jsonencode", "tolist", "toset", "tomap", "flatten") and len(node.items) == 1:
        return _plain(folder, node.items[0], depth + 1)
    if node.tag:
        return _unknown(node, node.tag)
    return node._replace(items=tuple(_plain(folder, item, depth + 1) for item in node.items))


def _key(key: Scalar) -> Scalar:
    is_expression = key.value is None and "${" not in key.written
    return _unknown(key, key.written) if is_expression else key


def _scalar(folder: Folder, node: Scalar, depth: int) -> Node:
    if node.value is not None or node.tag == "template":
        return node
    known = folder.known(node)
    if not isinstance(known.node, Scalar):
        return _plain(folder, known.node, depth + 1) if known.here else _unknown(node, "")
    if known.text is not None:
        return node._replace(written=known.text)
    return _unknown(node, node.written)


def _unknown(node: Node, written: str) -> Scalar:
    return Scalar(None, node.start, node.end, "plain", "reference", "${" + written + "}")


def _of_statements(folder: Folder, data: Block) -> Mapping:
    """Return the policy that an ``aws_iam_policy_document`` makes."""
    start, end = data.start, data.end
    statements = [_statement(folder, block) for block in data.body.of("statement")]
    key = Scalar("Statement", start, data.head_end)
    return Mapping((Entry(key, Sequence(tuple(statements), start, end)),), start, end)


def _statement(folder: Folder, block: Block) -> Mapping:
    start, end = block.start, block.end
    body = block.body

    def named(name: str, value: Node) -> Entry:
        return Entry(Scalar(name, start, block.head_end), value)

    entries = [named("Effect", _given(folder, body, "effect") or Scalar("Allow", start, start))]
    for written, name in (("actions", "Action"), ("not_actions", "NotAction")):
        value = _given(folder, body, written)
        if value is not None:
            entries.append(named(name, value))
    principals = []
    for inner in body.of("principals"):
        kind, identifiers = inner.body.get("type"), _given(folder, inner.body, "identifiers")
        if isinstance(kind, Scalar) and identifiers is not None:
            principals.append(Entry(kind, identifiers))
    if principals:
        entries.append(named("Principal", Mapping(tuple(principals), start, end)))
    conditions = []
    for inner in body.of("condition"):
        test, variable = inner.body.get("test"), _given(folder, inner.body, "variable")
        values = _given(folder, inner.body, "values")
        if isinstance(test, Scalar) and isinstance(variable, Scalar) and values is not None:
            tested = Mapping((Entry(variable, values),), inner.start, inner.end)
            conditions.append(Entry(test, tested))
    if conditions:
        entries.append(named("Condition", Mapping(tuple(conditions), start, end)))
    return Mapping(tuple(entries), start, end)


def _given(folder: Folder, body: Body, name: str) -> Optional[Node]:
    value = body.get(name)
    return _plain(folder, value) if value is not None else None


def _of_heredoc(file: HclFile, node: Scalar) -> Optional[Node]:
    """Return the JSON of a heredoc with the places that it has in the file."""
    inner = heredoc(file.text, node, "json")
    try:
        document = read_json(inner.text, "")
    except NotReadError:
        return None
    return _moved(document.roots[0], inner)


def _moved(node: Node, inner: Embedded) -> Node:
    start, end = inner.outside(node.start), inner.outside(node.end)
    if isinstance(node, Scalar):
        is_template = node.value is not None and "${" in node.value
        value = None if is_template else node.value
        return node._replace(start=start, end=end, value=value)
    if isinstance(node, Mapping):
        entries = []
        for each in node.entries:
            key = _moved(each.key, inner)
            if isinstance(key, Scalar):
                entries.append(Entry(key, _moved(each.value, inner)))
        return node._replace(entries=tuple(entries), start=start, end=end)
    return node._replace(
        items=tuple(_moved(item, inner) for item in node.items), start=start, end=end
    )
