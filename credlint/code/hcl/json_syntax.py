"""Terraform's JSON syntax, which is not read: told, so that nobody takes silence for a result."""

from __future__ import annotations

from credlint.code.hcl.reader import HclFile
from credlint.code.sighting import NotReadError


def read(text: bytes, uri: str) -> HclFile:
    """Raise NotReadError."""
    del text, uri
    message = "the JSON syntax of Terraform is not read"
    raise NotReadError(message)
