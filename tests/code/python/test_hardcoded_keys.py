"""SRC101: its signatures against the real libraries, and source that is odd."""

from __future__ import annotations

import ast
import inspect
import time

import pytest

from credlint import samples
from credlint.code.analysis import Analyser
from credlint.code.python.signatures import PARAMETERS
from credlint.model.document import Document
from credlint.rulebook import load_rules

ANALYSER = Analyser(rule for rule in load_rules(("code",)) if rule.id == "SRC101")


def _analyse(text):
    data = text if isinstance(text, bytes) else text.encode()
    return ANALYSER.analyse(Document("module.py", data), "python")


def test_positions_are_those_of_the_real_libraries():
    boto3 = pytest.importorskip("boto3")
    import botocore.credentials  # noqa: PLC0415
    import botocore.session  # noqa: PLC0415
    import botocore.signers  # noqa: PLC0415

    real = {
        "Session": boto3.Session,
        "client": boto3.Session.client,
        "resource": boto3.Session.resource,
        "create_client": botocore.session.Session.create_client,
        "set_credentials": botocore.session.Session.set_credentials,
        "Credentials": botocore.credentials.Credentials,
        "generate_presigned_url": botocore.signers.generate_presigned_url,
        "generate_presigned_post": botocore.signers.generate_presigned_post,
    }
    assert set(real) == set(PARAMETERS)
    for method, function in real.items():
        names = [name for name in inspect.signature(function).parameters if name != "self"]
        assert tuple(names[: len(PARAMETERS[method])]) == PARAMETERS[method], method


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import boto3\nprint 'x'\n", "line 2 is no valid Python"),
        ("x = " + "(" * 5000 + ")" * 5000, "no valid Python|nested too deeply"),
        ("x = " + "-" * 50000 + "1", "nested too deeply"),
        ("x = a" + ".b" * 5000, "nested too deeply"),
        ("x = " + "+".join(["1"] * 3000), "nested too deeply"),
        ("x = 1\0", "decoded|no valid"),
        (b"# coding: nonsense\nx = 1\n", "no valid Python|decoded"),
        ("#" * (3 * 1024 * 1024), "larger than"),
    ],
)
def test_odd_source_is_said_and_never_raised(text, reason):
    found = _analyse(text)

    assert found.found == ()
    assert [s.code for s in found.skipped] == ["RUN907"]
    assert __import__("re").search(reason, found.skipped[0].reason)


@pytest.mark.parametrize(
    ("endpoint", "has_edit"),
    [
        ("", True),
        (', endpoint_url="https://s3.eu-west-1.amazonaws.com"', True),
        (', endpoint_url="https://account.store.example"', False),
        (', endpoint_url="http://localhost:9000"', False),
    ],
)
def test_no_edit_sends_keys_of_aws_to_another_store(endpoint, has_edit):
    call = f'boto3.client("s3", aws_secret_access_key="{samples.secret_key()}"{endpoint})'
    text = f"import boto3\n{call}\n"
    (found,) = _analyse(text).found

    assert (found.finding.change is not None) is has_edit


def test_call_to_an_unrelated_function_is_silent():
    text = f'import boto3\nsetup(aws_secret_access_key="{samples.secret_key()}")\n'

    assert _analyse(text).found == ()


@pytest.mark.parametrize(
    "text",
    [
        "import boto3\nboto3.client('s3', aws_access_key_id=os.environ['A'])\n",
        "import boto3\nboto3.client('s3', **options)\n",
        "import boto3\nboto3.Session(key, secret)\n",
        "import boto3\nboto3.Session(*keys, 'x')\n",
        "import boto3\nboto3.Session(b'key', f'{secret}')\n",
        "import boto3\nclient.put(aws_access_key_id)\n",
    ],
)
def test_what_is_no_literal_is_silent(text):
    assert _analyse(text).found == ()


def test_columns_count_characters_whatever_the_encoding():
    head = "# coding: latin-1\nimport boto3\n"
    call = f"ü = 'ä'; boto3.Session(aws_secret_access_key='{samples.secret_key()}')\n"
    found = {
        _analyse((head + call).encode("latin-1")).found[0].finding.location,
        _analyse((head.replace("latin-1", "utf-8") + call).encode()).found[0].finding.location,
        _analyse(b"\xef\xbb\xbf" + (head.replace("latin-1", "utf-8") + call).encode())
        .found[0]
        .finding.location,
    }

    assert [(place.line, place.column, place.end_column) for place in found] == [(3, 10, 89)]


def test_names_that_refer_to_each_other_end():
    text = "import boto3\na = b\nb = a\na = 'x' + a\nboto3.Session(aws_access_key_id=a)\n"

    assert _analyse(text).found == ()


def test_names_without_end_are_said_to_be_so():
    doubled = "".join(f"a{i} = a{i + 1} + a{i + 1}\n" for i in range(25))
    calls = "boto3.Session(aws_access_key_id=a0)\n" * 3000
    begun = time.process_time()
    found = _analyse(f"import boto3\n{doubled}a25 = 'x'\n{calls}")

    assert time.process_time() - begun < 5
    assert [s.code for s in found.skipped] == ["RUN907"]
    assert "stand for each other too often" in found.skipped[0].reason


def test_endpoint_of_aws_itself_does_not_lower_the_level():
    text = (
        "import boto3\nboto3.client('s3', endpoint_url='https://s3.eu-west-1.amazonaws.com',"
        f" aws_secret_access_key='{samples.secret_key()}')\n"
    )

    assert [f.level for f, _ in _analyse(text).found] == ["error"]


@pytest.mark.skipif(not hasattr(ast, "Match"), reason="match came with Python 3.10")
def test_patterns_of_match_are_walked():
    text = (
        "import boto3\nmatch x:\n    case True | None | {'a': 1, **rest}:\n"
        f"        boto3.Session(aws_secret_access_key='{samples.secret_key()}')\n"
    )

    assert [f.location.line for f, _ in _analyse(text).found] == [4]
