"""The edit of SRC114: a fixture in ``conftest.py`` that every test is run with."""

from __future__ import annotations

import hashlib
import re
from typing import Optional

from credlint.code.python.module import Module
from credlint.code.sighting import Context
from credlint.model.fix import Edit, FileEdits, Fix

_IMPORT = "import pytest\n"
_FIXTURE = '''\
@pytest.fixture(autouse=True)
def fake_aws_credentials(monkeypatch):
    """Keep the tests away from real accounts: the SDK finds these before any profile or role."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
'''
_IMPORTED = re.compile(rb"^import pytest[ \t]*(?:#[^\n]*)?\r?$", re.MULTILINE)
_SUMMARY = "Add a fixture with made-up credentials to conftest.py, which every test is run with."


def fixture_fix(module: Module, context: Context) -> Optional[Fix]:
    """Return the fix for tests that pytest runs, None where that is not seen."""
    folder, _, name = context.uri.rpartition("/")
    beside = context.around.names(folder)
    is_for_pytest = "pytest" in module.names.imports or "conftest.py" in beside
    if not is_for_pytest:
        return None
    if name == "conftest.py":
        return Fix("unsafe", _SUMMARY, (FileEdits("", (_appended(module.text),)),))
    uri = f"{folder}/conftest.py" if folder else "conftest.py"
    if "conftest.py" not in beside:
        made = Edit(0, 0, f"{_IMPORT}\n\n{_FIXTURE}")
        return Fix("unsafe", _SUMMARY, (FileEdits(uri, (made,)),))
    text = context.around.read(uri)
    if text is None or b"\0" in text:
        return None
    digest = hashlib.sha256(text).hexdigest()
    return Fix("unsafe", _SUMMARY, (FileEdits(uri, (_appended(text),), digest),))


def _appended(text: bytes) -> Edit:
    """Return the edit that puts the fixture at the end of a module."""
    needed = "" if _IMPORTED.search(text) is not None else f"{_IMPORT}\n\n"
    before = "" if not text else "\n\n" if text.endswith(b"\n") else "\n\n\n"
    made = before + needed + _FIXTURE
    return Edit(len(text), len(text), made.replace("\n", "\r\n") if b"\r\n" in text else made)
