"""IAC109: ``aws_iam_access_key``, whose secret is kept in the state."""

from __future__ import annotations

from collections.abc import Iterator

from credlint.code.hcl.blocks import Block
from credlint.code.hcl.folder import Folder, folder_of
from credlint.code.hcl.reader import HclFile
from credlint.code.marked.nodes import Scalar, walk
from credlint.code.sighting import Context, Sighting, Span, as_notes

_SECRETS = (".secret", ".ses_smtp_password_v4")


def check(file: HclFile, context: Context) -> Iterator[Sighting]:
    """Yield access keys that are made without a PGP key."""
    yield from as_notes(_seen(file, folder_of(file, context)), context)


def _seen(file: HclFile, folder: Folder) -> Iterator[Sighting]:
    for block in file.body.blocks:
        if block.kind != "resource" or block.label(0) != "aws_iam_access_key":
            continue
        pgp = block.body.get("pgp_key")
        known = folder.known(pgp).node if pgp is not None else None
        is_open = known is None or (
            isinstance(known, Scalar) and (known.value == "" or known.tag == "null")
        )
        if is_open:
            outputs = tuple(_outputs(file, block))
            shown = ", and an output shows it to everyone who runs Terraform" if outputs else ""
            yield Sighting(
                start=block.start,
                end=block.head_end,
                message=f"{block.address} puts the secret key into Terraform's state in clear"
                f"{shown}.",
                subject=block.address,
                related=outputs,
            )


def _outputs(file: HclFile, key: Block) -> Iterator[Span]:
    """Yield the outputs of the file that give the secret away."""
    for block in file.body.blocks:
        value = block.body.get("value") if block.kind == "output" else None
        if value is None or block.body.text("sensitive") == "true":
            continue
        for _, node in walk(value):
            if not isinstance(node, Scalar) or node.value is not None:
                continue
            if key.address in node.written and any(name in node.written for name in _SECRETS):
                yield Span(block.start, block.head_end, f"output {block.label(0)}, not sensitive")
                break
