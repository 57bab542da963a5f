"""IAC110: credentials among the environment variables of Lambda functions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.credential_names import KEY_ID, RESERVED_BY_LAMBDA, SECRET_KEY, TOKEN
from credlint.code.hcl.blocks import Block
from credlint.code.hcl.edits import removal
from credlint.code.hcl.folder import Folder, folder_of
from credlint.code.hcl.reader import HclFile
from credlint.code.hcl.values import is_call
from credlint.code.issued_keys import is_issued
from credlint.code.marked.nodes import Entry, Mapping, Node, Scalar, items_of
from credlint.code.sighting import Context, Sighting, Span, as_notes
from credlint.model.finding import Level
from credlint.model.fix import FileEdits, Fix
from credlint.model.secret import Secret

# Names that say a key of AWS is given, whoever reads it.
_NAMED = re.compile(
    r"(?:.*_)?(?:AWS|IAM|S3|SES|SQS|SNS|DYNAMO(?:DB)?)_(?:.*?_)??"
    r"(?P<part>ACCESS_KEY(?:_ID)?|SECRET_ACCESS_KEY|SECRET_KEY|SECRET|SESSION_TOKEN)\Z"
)
# What a reference ends in that names a secret instead of being one.
_ABOUT = re.compile(r"(?:[._](?:arn|name|path)|\.id|_arn|_name)[\])}\s]*\Z")
_LONGEST_NAME = 200
_MODULE = "terraform-aws-modules/lambda/aws"


def check(file: HclFile, context: Context) -> Iterator[Sighting]:
    """Yield the variables of functions that hold credentials."""
    yield from as_notes(_seen(file, folder_of(file, context)), context)


def _seen(file: HclFile, folder: Folder) -> Iterator[Sighting]:
    for block in file.body.blocks:
        for entry in _variables(folder, _value(block)):
            sighting = _judged(file, folder, block, entry)
            if sighting is not None:
                yield sighting


def _value(block: Block) -> Optional[Node]:
    if block.kind == "resource" and block.label(0) == "aws_lambda_function":
        environment = block.body.first("environment")
        return environment.body.get("variables") if environment is not None else None
    if block.kind == "module" and (block.body.text("source") or "").startswith(_MODULE):
        return block.body.get("environment_variables")
    return None


def _variables(folder: Folder, node: Optional[Node]) -> Iterator[Entry]:
    """Yield the entries of an object, or of those that ``merge`` puts together."""
    if node is None:
        return
    known = folder.known(node)
    if not known.here:
        return
    for part in items_of(known.node) if is_call(known.node, "merge") else (known.node,):
        inner = folder.known(part)
        if inner.here and isinstance(inner.node, Mapping):
            yield from inner.node.entries


def _judged(file: HclFile, folder: Folder, block: Block, entry: Entry) -> Optional[Sighting]:
    name = entry.key.value or ""
    known = folder.known(entry.value)
    text = known.text
    if len(name) > _LONGEST_NAME:
        return None
    kind = _kind(name.upper(), text)
    where = f"{block.address} sets {name}"
    level: Level = "error"
    fix = None
    if name in RESERVED_BY_LAMBDA:
        message = f"{where}, a name that Lambda reserves for the keys of its role: deploying fails."
        edit = removal(file.text, entry.key.start, entry.value.end)
        summary = f"Remove {name}; the execution role gives the function its keys."
        # Unsafe: the program may want another account's keys, so that it never ran as it is.
        fix = Fix("unsafe", summary, (FileEdits("", (edit,)),))
    elif text and kind and is_issued(kind, text):
        message = f"{where} to a key in clear, beside the keys of the function's own role."
    elif _NAMED.match(name.upper()) and _is_handed_on(entry.value, text):
        level = "warning"
        message = f"{where} from elsewhere: a long-term key beside the keys of its own role."
    else:
        return None
    return Sighting(
        start=entry.key.start,
        end=entry.value.end,
        message=message,
        level=level,
        subject=f"{block.address}:{name}",
        literals=tuple(known.spans(f"the literal for {name}")) if text else (),
        related=(Span(block.start, block.head_end, "the function"),),
        value=Secret(text) if text else None,
        fix=fix,
    )


def _kind(name: str, text: Optional[str]) -> str:
    """Return which kind of key a variable is, by its name or what it holds."""
    if text and is_issued(KEY_ID, text):
        return KEY_ID
    found = _NAMED.match(name)
    part = found.group("part") if found else ""
    if part in ("SECRET_ACCESS_KEY", "SECRET_KEY", "SECRET"):
        return SECRET_KEY
    return TOKEN if part == "SESSION_TOKEN" else ""


def _is_handed_on(node: Node, text: Optional[str]) -> bool:
    """Tell whether a value is one that only Terraform knows, and no name or address of it."""
    if text is not None or not isinstance(node, Scalar) or node.tag == "null":
        return False
    return "aws_iam_access_key" in node.written or _ABOUT.search(node.written) is None
