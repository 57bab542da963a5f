"""Where the keys of a call cannot be taken out, or what they used has to stay."""

from __future__ import annotations

import pytest

from credlint import samples
from credlint.code.analysis import Analyser
from credlint.model.document import Document
from credlint.model.fix import apply_edits
from credlint.rulebook import load_rules
from tests.code.samples import Beside

RULES = [rule for rule in load_rules(("code",)) if rule.id == "SRC101"]
SECRET = f"'{samples.secret_key('a')}'"
# What partial() was given stands in another call.
PARTIAL = """import boto3, functools
make = functools.partial(boto3.client, aws_secret_access_key=SECRET)
make("s3")
"""


def _found(text, path="m.py", files=None):
    document = Document(path, text.replace("SECRET", SECRET).encode())
    result = Analyser(RULES, around=Beside(files or {})).analyse(document, "python")
    assert result.skipped == ()
    return document, [found.finding for found in result.found]


@pytest.mark.parametrize(
    "text",
    [
        "import boto3\nboto3.Session('a', SECRET, None, 'eu-west-1')\n",
        "import boto3\nk = {'aws_secret_access_key': SECRET}\nboto3.client('a', **k)\nf(k)\n",
        "import boto3\nk = l = {'aws_secret_access_key': SECRET}\nboto3.client('a', **k)\n",
        "import boto3\ndef k(): return {'aws_secret_access_key': SECRET}\nboto3.client('a', **k())",
        PARTIAL,
        "from botocore.credentials import Credentials\nCredentials('a', SECRET)\n",
    ],
)
def test_call_that_cannot_be_changed_has_no_edit(text):
    _, findings = _found(text)

    assert findings
    assert findings[-1].change is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("K = SECRET\nprint(K)\nCALL(K)\n", "K = SECRET\nprint(K)\nCALL\n"),
        ("__all__ = ['K']\nK = SECRET\nCALL(K)\n", "__all__ = ['K']\nK = SECRET\nCALL\n"),
        ("K = SECRET\nif x: K = y()\nCALL(K)\n", "K = SECRET\nif x: K = y()\nCALL\n"),
        ("K = SECRET\nglobals()\nCALL(K)\n", "K = SECRET\nglobals()\nCALL\n"),
        ("K = J = SECRET\nCALL(K)\n", "K = J = SECRET\nCALL\n"),
        ("def f(K=SECRET):\n    CALL(K)\n", "def f(K=SECRET):\n    CALL\n"),
        ("K = SECRET if go() else SECRET\nCALL(K)\n", "K = SECRET if go() else SECRET\nCALL\n"),
        ("A = SECRET\nK = A\nCALL(K)\n", "CALL\n"),
        (
            "if x:\n    K = SECRET\nelse:\n    pass\nCALL(K)\n",
            "if x:\n    pass\nelse:\n    pass\nCALL\n",
        ),
    ],
)
def test_what_is_used_or_does_more_stays(before, after):
    call = "boto3.client('s3', aws_secret_access_key=K)"
    head = "import boto3\n"
    document, findings = _found(head + before.replace("CALL(K)", call))
    expected = (head + after.replace("CALL", "boto3.client('s3')")).replace("SECRET", SECRET)

    assert apply_edits(document.data, findings[0].change.files[0].edits).decode() == expected


@pytest.mark.parametrize(
    ("path", "name", "files", "kind"),
    [
        ("m.py", "KEY", {}, "safe"),
        ("m.py", "KEY", {"n.py": "from m import OTHER"}, "safe"),
        ("m.py", "KEY", {"n.py": "from m import KEY"}, "unsafe"),
        ("a/m.py", "KEY", {"a/n.py": "import m; m.KEY"}, "unsafe"),
        ("a/m.py", "KEY", {"a/__init__.py": ""}, "unsafe"),
        ("a/m.py", "_KEY", {"a/__init__.py": ""}, "safe"),
        ("a/m.py", "_KEY", {"a/__init__.py": "from .m import _KEY"}, "unsafe"),
        ("m.py", "KEY", {f"n{i}.py": "" for i in range(100)}, "unsafe"),
    ],
)
def test_names_that_others_may_import_make_it_unsafe(path, name, files, kind):
    text = f"import boto3\n{name} = SECRET\nboto3.client('s3', aws_secret_access_key={name})\n"
    _, findings = _found(text, path, files)

    assert [finding.fix for finding in findings] == [kind]


def test_edits_of_several_calls_hide_the_keys_of_all():
    text = (
        "import boto3\nK = SECRET\nboto3.client('s3', aws_secret_access_key=K)\n"
        "boto3.client('sqs', aws_secret_access_key=K, aws_session_token='short')\n"
    )
    document, findings = _found(text)
    first, second = (finding.change.files[0] for finding in findings)

    assert first.edits == second.edits
    for secret in (SECRET.encode(), b"'short'"):
        start = document.data.index(secret)
        assert (start, start + len(secret)) in first.hidden
