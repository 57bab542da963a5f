"""Passwords that people choose are notes where what stands around tells them, and silent else."""

from __future__ import annotations

import pytest

from credlint.secrets.generic.chosen import judge_chosen, user_beside
from credlint.secrets.generic.context import Context

VALUE = "blueberry" + "hill"


def _judged(text, value=VALUE, name="password", claim="password", sign="=", **context):
    data = text.encode()
    start = data.index(value.encode())
    context = Context(name, claim, sign, **{"quoted": True, **context})
    return judge_chosen(value, context, data, start, start + len(value))


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("user = 'jo'\npassword = 'VALUE'", "jo"),
        ("db_user: 'jo'\n# of old\n# and new\ndb_password: 'VALUE'", "jo"),
        ("password = 'VALUE'\nusername = 'jo'", "jo"),
        ("f(user='ann', login='jo', password='VALUE')", "jo"),
        ("user = 'jo'\n\npassword = 'VALUE'", None),
        ("user = 'jo'\na\nb\nc\nd\npassword = 'VALUE'", None),
        ("user = name\npassword = 'VALUE'", None),
        ("user = 'jo'\nuser = name\npassword = 'VALUE'", None),
        ("user = '${USER}'\npassword = 'VALUE'", None),
    ],
)
def test_the_user_who_stands_next_is_the_one(text, user):
    data = text.encode()
    start = data.index(b"VALUE")

    assert user_beside(data, start, start + 5, quoted=True) == user


def test_a_user_beside_it_makes_a_word_a_note():
    verdict = _judged(f"user = 'jo'\npassword = '{VALUE}'")

    assert verdict is not None
    assert verdict.level == "note"
    assert _judged(f"password = '{VALUE}'") is None
    assert _judged(f"user = 'anonymous'\npassword = '{VALUE}'") is None
    assert _judged(f"user = '{VALUE}'\npassword = '{VALUE}'", quoted=True) is None
    assert _judged(f"user = 'jo'\ntoken = '{VALUE}'", name="token", claim="token") is None


def test_a_name_in_code_is_no_password():
    text = f"user = jo\npassword = {VALUE}\n"

    assert _judged(text, quoted=False) is not None
    assert _judged(text, quoted=False, code=True) is None


@pytest.mark.parametrize("name", ["password", "creds.Secret", "db_pwd"])
def test_what_a_password_is_compared_with_is_a_note(name):
    text = f"{name} == '{VALUE}'"
    claim = "secret" if "Secret" in name else "password"

    assert _judged(text, name=name, claim=claim, sign="==") is not None
    assert _judged(text, name=f"{name}_zero", claim=claim, sign="==") is None
    assert _judged(text, name=name, claim=claim) is None


def test_a_sign_stands_for_a_letter():
    value = "blue$" + "hill"

    assert _judged(f"password = '{value}'", value) is not None
    assert _judged(f"password = {value}", value, quoted=False) is None
