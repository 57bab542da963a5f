"""What names, texts, numbers and calls of a module are known to be."""

from __future__ import annotations

import importlib
import time

import pytest

from credlint.code.python.deployment import deployment_of
from credlint.code.python.environment import reading_of
from credlint.code.python.module import read
from credlint.code.python.names import STARS
from credlint.code.python.numbers import number_of
from credlint.code.python.shapes import UNKNOWN, shape_of
from credlint.code.sighting import Context
from tests.code.samples import Beside


def _argument(text):
    """Return the module, and the argument of its call of ``show()`` with its scope."""
    module = read(text.encode(), "module.py")
    for call, scope in module.names.calls:
        if getattr(call.func, "id", "") == "show":
            return module, call.args[0], scope
    raise AssertionError(text)


def _text(text):
    module, node, scope = _argument(text)
    literal = module.evaluate.text(node, scope)
    return literal and (literal.value.reveal(), literal.is_fallback)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("show('a' 'b')", ("ab", False)),
        ("X = 'a'\nshow(X + f'{X}b')", ("aab", False)),
        ("def f(x='a'): show(x)", ("a", True)),
        ("def f(*, x='a'): show(x)", ("a", True)),
        ("D = 'a'\ndef f(x=D): show(x)", ("a", True)),
        ("def f(x): show(x)", None),
        ("x = 'a'\ndef f(x): show(x)", None),
        ("import os\nshow(os.getenv('X', 'a'))", ("a", True)),
        ("import os\nshow(os.environ.get('X', default='a'))", ("a", True)),
        ("show(getattr(settings, 'X', 'a'))", ("a", True)),
        ("import os\nshow(os.getenv('X'))", None),
        ("show(''.join(['a', 'b']))", ("ab", False)),
        ("show('a'.strip())", ("a", False)),
        ("show(x or 'a')", ("a", True)),
        ("show('a' if x else None)", ("a", True)),
        ("if x:\n    a = 'a'\nshow(a)", ("a", True)),
        ("def f():\n    if x:\n        a = 'a'\n    show(a)", ("a", False)),
        ("def f():\n    try:\n        a = 'a'\n        show(a)\n    except E: pass", ("a", False)),
        ("def f():\n    global a\n    if x: a = 'a'\n    show(a)\na = None", ("a", True)),
        ("from m import a\ndef f():\n    global a\n    if x: a = 'a'\n    show(a)", ("a", True)),
        ("class A:\n    if x:\n        a = 'a'\n    show(a)", ("a", True)),
        ("def f(): return 'a'\nshow(f())", ("a", True)),
        ("class A:\n    K = 'a'\nshow(A.K)", ("a", False)),
        ("class A:\n    K = 'a'\na = A()\nshow(a.K)", ("a", False)),
        (
            "class A:\n    def __init__(self): self.k = 'a'\n    def g(self): show(self.k)",
            ("a", False),
        ),
        (
            "class A:\n    def __init__(self, k='a'): self.k = k\n    def g(self): show(self.k)",
            ("a", True),
        ),
        ("d = dict(k='a')\nshow(d['k'])", ("a", False)),
        ("d = {}\nd.update(k='a')\nshow(d['k'])", ("a", False)),
        ("d = {'k': 'b'} | {'k': 'a'}\nshow(d['k'])", ("a", False)),
        ("def f(): return {'k': 'a'}\nshow(f()['k'])", ("a", False)),
        ("for a in b: pass\nshow(a)", None),
        ("from config import *\nshow(KEY)", None),
        ("show(f'{x}a')", None),
        ("show(f'{1:>10}')", None),
    ],
)
def test_texts(text, value):
    assert _text(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("show(7 * 24 * 3600)", 604800),
        ("DAY = 86400\nshow(DAY * 7)", 604800),
        ("show(int(timedelta(days=7).total_seconds()))", 604800),
        ("d = datetime.timedelta(hours=1)\nshow(d.total_seconds())", 3600),
        ("show(1 / 0)", None),
        ("show(True)", None),
        ("show(9 ** 9 ** 9)", None),
        ("def f(x=1): show(x)", None),
        ("show(x * 2)", None),
    ],
)
def test_numbers(text, value):
    module, node, scope = _argument(text)

    assert number_of(module.evaluate, node, scope) == value


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("show('http://%s:%d' % (a, b))", "http://?:?"),
        ("show('http://{}:{x}/'.format(a, x=1))", "http://?:?/"),
        ("U = f'http://{a}/'\nshow(U + 'b')", "http://?/b"),
        ("show('a' + b)", "a?"),
        ("show(a)", "?"),
        ("show(a(1))", "?"),
    ],
)
def test_shapes(text, shape):
    module, node, scope = _argument(text)

    assert shape_of(module.evaluate, node, scope).replace(UNKNOWN, "?") == shape


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import os\nshow(os.environ['A'])", ("A", "environment", True)),
        ("import os as o\nshow(o.getenv('A'))", ("A", "environment", False)),
        ("from os import *\nshow(environ.get('A', ''))", ("A", "environment", False)),
        ("from os import environ as e\nshow(e['A'])", ("A", "environment", True)),
        ("import os\nenv = os.environ\nA = env['A']\ndef f(): show(A)", ("A", "environment", True)),
        ("import os\nenv = os.environ\nshow(env.get('A') or None)", ("A", "environment", False)),
        ("from django.conf import settings\nshow(settings.A)", ("A", "settings", False)),
        (
            "from django.conf import settings\nshow(getattr(settings, 'A', None))",
            ("A", "settings", False),
        ),
        ("from flask import current_app\nshow(current_app.config['A'])", ("A", "settings", True)),
        ("show(app.config.get('A'))", ("A", "settings", False)),
        ("from app.settings import A\nshow(A)", ("A", "settings", False)),
        ("from decouple import config\nshow(config('A'))", ("A", "settings", True)),
        ("class Config:\n    A = 'x'\nshow(Config.A)", None),
        ("show(environ['A'])", None),
        ("show(other.A)", None),
    ],
)
def test_readings(text, found):
    module, node, scope = _argument(text)
    reading = reading_of(module, node, scope)

    assert (reading and (reading.name, reading.kind, reading.is_required)) == found


@pytest.mark.parametrize(
    ("text", "callee"),
    [
        ("from boto3 import *\nclient('s3')", "boto3.client"),
        ("from boto3.session import *\nSession()", "boto3.session.Session"),
        ("from other import *\nclient('s3')", None),
        ("import boto3\nmake = boto3.client\nmake('s3')", "boto3.client"),
        (
            "import boto3, functools as f\nmake = f.partial(boto3.client, 's3')\nmake()",
            "boto3.client",
        ),
        ("import boto3 as b\nb.client('s3')", "boto3.client"),
        ("x.client('s3')", "session.client"),
        ("import docker\ndocker.client('s3')", "docker.client"),
    ],
)
def test_callees(text, callee):
    module = read(text.encode(), "module.py")
    called = {call.callee: call for call in module.callees.named(("client", "Session"))}

    assert next(iter(called), None) == callee
    if "partial" in text:
        made = module.callees.named(("client",))[-1]
        assert [argument.value for argument in made.arguments] == ["s3"]


def test_names_of_star_imports_are_there():
    pytest.importorskip("boto3")
    for name, exported in STARS.items():
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        public = getattr(module, "__all__", None) or dir(module)
        assert set(exported) <= set(public), name


@pytest.mark.parametrize(
    ("text", "path", "files", "where"),
    [
        ("def lambda_handler(event, context): ...", "a.py", {}, "function"),
        ("from chalice import Chalice", "a.py", {}, "function"),
        ("def f(event, other): ...", "a/b.py", {"a/__init__.py": ""}, "package"),
        ("x = 1", "b.py", {"Dockerfile": ""}, "image"),
        ("if __name__ == '__main__': f()", "b.py", {}, "script"),
        ("x = 1", "b.py", {}, "unknown"),
    ],
)
def test_deployment(text, path, files, where):
    context = Context(path, around=Beside(files))

    assert deployment_of(read(text.encode(), path), context) == where


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"a{i} = a{i + 1} + a{i + 1}\n" for i in range(60)) + "show(a0)",
        "".join(f"a = a + a if a else a + {i}\n" for i in range(200)) + "show(a)",
        "".join("if x: a = a + a + f'{a}'\n" for _ in range(200)) + "show(a)",
        "".join(f"a{i} = a{i + 1} if x else a{i + 1}\n" for i in range(60)) + "show(a0)",
        "".join(f"a{i} = f'{{a{i + 1}}}{{a{i + 1}}}'\n" for i in range(60)) + "show(a0)",
        "a = b\nb = a\nshow(a)",
        "a = dict(a, **a)\na.update(a)\nshow(a['x'])",
        "def f(): return f()\nshow(f())",
    ],
)
def test_names_that_multiply_cost_little(text):
    module, node, scope = _argument(text)
    begun = time.process_time()

    assert module.evaluate.text(node, scope) is None
    assert number_of(module.evaluate, node, scope) is None
    module.evaluate.mapping(node, scope)
    assert reading_of(module, node, scope) is None
    assert UNKNOWN in shape_of(module.evaluate, node, scope)
    assert time.process_time() - begun < 1
