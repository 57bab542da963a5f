"""Values are judged with their names and what stands around; planted ones are found."""

from __future__ import annotations

import base64
import random
import string

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from credlint import samples
from credlint.model.document import Document
from credlint.secrets.generic import values
from credlint.secrets.generic.context import Context
from credlint.secrets.generic.model import load
from credlint.secrets.generic.published import is_published
from credlint.secrets.generic.score import decoded, judge, randomness

MODEL = load()
SEEDS = st.integers(0, 10**6).map(str)
# One line of each kind of file; the name claims a secret, the value stands for {}.
FILES = {
    "run.conf": "DB_PASSWORD={}\n",
    "app.ini": "password = {}\n",
    "values.yaml": "  clientSecret: {}\n",
    "config.json": '{{"apiToken": "{}"}}\n',
    "settings.toml": 'secret_key = "{}"\n',
    "a.properties": "db.password={}\n",
    "beans.xml": '<user name="jo" password="{}"/>\n',
    "app.py": 'connect(password="{}")\n',
    "app.js": "const token = '{}';\n",
    "App.java": 'private String clientSecret = "{}";\n',
    "main.go": 'cfg.Password = "{}"\n',
    "run.sh": "tool --password {} --verbose\n",
    "main.tf": '  admin_password = "{}"\n',
}
AROUND = "# some lines of text\nname = value\nuser: jo\n\n"


def _reads_as_drawn(value):
    """Tell whether the value looks drawn: one in a thousand looks like something else by chance.

    It spells a placeholder or begins like a public key; or it has no digit at all, where the first
    pass asks for five consonants in a row beside a name that says little (``token``).
    """
    return (
        any(character.isdigit() for character in value)
        and not values.is_placeholder(value)
        and not values.is_stored_form(value)
    )


def _judge(text, name="password", claim="password", sign="=", **context):
    return judge(text, Context(name, claim, sign, quoted=True, **context))


@pytest.mark.parametrize("path", FILES)
@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_a_planted_value_is_found_with_its_span(engine, path, seed):
    value = samples.base62(24, "planted" + seed)
    assume(_reads_as_drawn(value))
    line = FILES[path].format(value)
    document = Document(path, (AROUND + line).encode())
    found = [f.location for f in engine.scan(document).findings]

    assert [(place.line, place.column) for place in found] == [(5, line.index(value) + 1)]
    assert found[0].end_column - found[0].column == len(value)


@pytest.mark.parametrize("path", FILES)
def test_of_drawn_values_one_in_two_hundred_at_most_is_lost(engine, path):
    lines = (FILES[path].format(samples.base62(24, f"share{n}")) for n in range(1000))
    lost = [line for line in lines if not engine.scan(Document(path, line.encode())).findings]

    assert len(lost) <= 5


@pytest.mark.parametrize("path", FILES)
@settings(max_examples=40, deadline=None)
@given(words=st.lists(st.sampled_from(sorted(MODEL._words)), min_size=1, max_size=3))
def test_words_in_its_place_are_silent(engine, path, words):
    line = FILES[path].format("_".join(words))
    document = Document(path, (AROUND + line).encode())

    assert [f.code for f in engine.scan(document).findings if f.code.startswith("SEC21")] == []


@given(SEEDS)
def test_a_name_that_claims_less_asks_for_more(seed):
    text = samples.base62(11, seed)
    verdicts = [_judge(text, claim, claim) for claim in ("key", "token", "secret", "password")]

    told = [verdict is not None for verdict in verdicts]
    assert told == sorted(told)


@given(st.text(max_size=80), st.sampled_from(["password", "secret", "token", "key"]))
def test_any_text_gets_a_verdict(text, claim):
    verdict = _judge(text, claim, claim)

    assert verdict is None or verdict.level in ("warning", "note")


@given(st.text(string.printable, max_size=80), st.floats(-50, 50))
def test_below_what_is_wanted_the_exact_randomness_does_not_matter(text, wanted):
    exact = randomness(text, MODEL)
    quick = randomness(text, MODEL, wanted)

    assert quick == exact or (quick < wanted and exact < wanted)


def test_words_in_base64_are_words():
    assert decoded("dGhlIHNhbXBsZSBu@@b25jZQ==".replace("@@", "")) == "the sample nonce"
    assert _judge("c29tZSB3b3JkcyBoZXJl") is None


def test_a_uuid_is_a_token_and_no_key():
    text = "9b2f0c1e-6c1a-" + "4a6e-8f0e-2b1d3c4e5f60"

    assert _judge(text, "token", "token").reason == "is a UUID"
    assert _judge(text, "device_key", "key") is None


def test_hex_digits_need_the_length_of_a_key():
    assert _judge(samples.hexadecimal(32), "api_key", "key") is not None
    assert _judge(samples.hexadecimal(16), "api_key", "key") is None


def test_what_a_name_repeats_is_no_secret():
    assert _judge("qzvwtrpass", "qzvwtr_password") is None
    assert _judge("qzvwtrkx", "db_password") is not None


def test_a_default_inside_a_reference_is_replaced_by_the_real_one():
    assert _judge("db-wrz4q") is not None
    assert _judge("db-wrz4q", templated=True) is None


def test_published_examples_are_known_by_their_digests():
    assert is_published("SlAV32" + "hkKG")
    assert not is_published(samples.base62(10))


def test_a_password_made_by_a_person_is_a_note():
    verdict = _judge("Sword" + "fish!23")

    assert verdict is not None
    assert verdict.level == "note"


def test_signs_for_letters_are_read_as_letters():
    source = random.Random(1)  # noqa: S311  repeatable
    drawn = "".join(source.choices(string.ascii_lowercase, k=10))

    assert randomness("c0nf1gur4t10n", MODEL) < 0 < randomness(drawn, MODEL)


def test_nuls_of_something_structured_are_no_mask():
    drawn = random.Random(1).randbytes(90)  # noqa: S311  no secret
    text = base64.b64encode(b"\0\1\0\1" + drawn[:30] + b"\1\0\0\0\0" + drawn[30:]).decode()

    assert "AAAAA" in text[:64]
    assert _judge(text, "TokenValue", "token", sign=":") is not None
    assert values.is_placeholder("AAAAA" + text[:20])
