"""A key of any service's shape is found in any file kind by both engines, and only if named."""

from __future__ import annotations

import random
import re
import time

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from credlint.model.document import Document
from credlint.secrets.services.shapes import _ALPHABETS, _PIECE
from credlint.secrets.services.table import load_services
from credlint.secrets.services.values import is_masked, is_typed, looks_issued, reads_as_name
from tests.secrets.engines import both

USUAL, PLAIN = both()
SERVICES = sorted(
    {
        service.word: service
        for service in map(load_services().get, load_services())
        # Keys with signs of every kind are found by chance alone: none but quoted ones can be.
        if service.shape and "any:" not in service.shape
        if not service.ambiguous and len(service.word) > 3
    }.values()
)
# Per file kind, how such files give a name a value: {u}PPER_CASE, {l}ower_case, {c}amelCase names,
# {w} the service's word, {v} the value.
KINDS = {
    ".env": ["{u}={v}\n", 'export {u}="{v}"\n', "{u} = '{v}'  # production\n"],
    "app.yml": [
        "{l}: {v}\n",
        '{w}:\n  api_key: "{v}"\n',
        "- name: {u}\n  value: {v}\n",
        "{w}:\n  region: eu\n  secret_token: {v}\n",
    ],
    "app.json": ['{{"{c}": "{v}"}}', '{{\n  "{l}": "{v}",\n  "debug": false\n}}'],
    "app.py": ['{u} = "{v}"\n', "client = Client({l}='{v}')\n", 'config["{l}"] = "{v}"\n'],
    "app.js": ["const {c} = '{v}';\n", 'x = {{ {c}: "{v}" }}\n', "process.env.{u} || '{v}'\n"],
    "main.go": ['{c} := "{v}"\n', 'const {c} string = "{v}"\n'],
    "App.java": ['private static final String {u} = "{v}";\n', '.set("{l}", "{v}")\n'],
    "app.rb": ["{u} = '{v}'\n", '{{ :{l} => "{v}" }}\n'],
    "app.php": ["'{l}' => '{v}',\n", "define('{u}', '{v}');\n"],
    "app.xml": ["<{c}>{v}</{c}>\n", '<add key="{c}" value="{v}"/>\n'],
    "app.ini": ["[{w}]\nsecret_key = {v}\n", "{l}={v}\n"],
    "main.tf": ['variable "{l}" {{\n  default = "{v}"\n}}\n', '{l} = "{v}"\n'],
    "run.sh": [
        "curl 'https://api.{w}.com/v1/things?api_key={v}&limit=3'\n",
        'curl -H "Authorization: Bearer {v}" https://api.{w}.com/v1\n',
        "curl https://api.{w}.com/v1 \\\n  -H 'X-Api-Key: {v}'\n",
        "tool --{w}-api-key {v} --verbose\n",
        "tool --{w}-token={v}\n",
    ],
}
PLACES = [(path, text) for path, texts in KINDS.items() for text in texts]
SAYS_KEY = re.compile(r"(?i)key|token|secret|private|bearer")
# Their keys are found right after the name too, and some are part of a longer name.
STANDING_ALONE = {
    word
    for word in load_services()
    for pattern in USUAL.patterns
    if pattern.spec.id.startswith("value-after-service-name")
    if any(start.lower() in word for start in pattern.starts)
}
# The same keys in every run: chance may spell a service's name in one of 100,000.
SETTINGS = settings(
    max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
KEY_NAMES = ["api_key", "access_token", "secret", "auth_token", "private_key", "token"]


def make_value(shape: str, seed: int) -> str:
    """Return a random text of the first alternative of a shape."""
    chance = random.Random(seed)  # noqa: S311  the tests are to repeat
    text = ""
    for literal, alphabet, least, most, uuid in (
        found.groups() for found in map(_PIECE.fullmatch, shape.split("|", 1)[0].split())
    ):
        if literal:
            text += literal
        elif uuid:
            digits = "".join(chance.choices("0123456789abcdef", k=32))
            text += "-".join(re.fullmatch("(.{8})(.{4})(.{4})(.{4})(.{12})", digits).groups())
        else:
            members = re.findall(f"[{_ALPHABETS[alphabet]}]", "".join(map(chr, range(33, 127))))
            text += "".join(
                chance.choices(members, k=chance.randint(int(least), int(most or least)))
            )
    return text


def is_ordinary(value: str) -> bool:
    """Tell whether the value is one of those that the rule promises to find.

    Left out: what chance has made without a digit near its beginning (of 24 random letters and
    digits one in 60), with a sign at an end, or alike to what people type.
    """
    return (
        re.match(r"[A-Za-z]{0,24}[0-9][A-Za-z0-9_+/.-]{7}", value) is not None
        and value[-1].isalnum()
        and looks_issued(value)
        and not reads_as_name(value)
        and not is_typed(value)
        and not is_masked(value)
    )


def names(word: str, key: str) -> dict[str, str]:
    snake = f"{word}_{key}"
    head, *rest = snake.split("_")
    return {
        "u": snake.upper(),
        "l": snake,
        "c": head + "".join(part.capitalize() for part in rest),
        "w": word,
    }


@SETTINGS
@given(
    st.sampled_from(SERVICES),
    st.sampled_from(PLACES),
    st.sampled_from(KEY_NAMES),
    st.integers(0, 10**6),
    st.sampled_from(["", "one two three\n\n", "# set up\nx = 1\n", "import os\n" * 40]),
)
def test_a_named_key_is_found_where_it_stands_by_both_engines(service, place, key, seed, lead):
    path, text = place
    value = make_value(service.shape, seed)
    assume(is_ordinary(value))
    data = (lead + text.format(v=value, **names(service.word, key))).encode()
    wanted = (data.index(value.encode()), data.index(value.encode()) + len(value))
    for engine in (USUAL, PLAIN):
        result = engine.scan(Document(path, data))
        mine = [span for span in result.spans if span.code == "SEC220"]
        others = [span for span in result.spans if span.code != "SEC220"]
        assert any((span.start, span.end) == wanted for span in mine) or any(
            span.start <= wanted[0] and wanted[1] <= span.end for span in others
        )


@SETTINGS
@given(st.sampled_from(SERVICES), st.sampled_from(PLACES), st.integers(0, 10**6))
def test_without_a_service_it_is_not_found(service, place, seed):
    path, text = place
    value = make_value(service.shape, seed)
    data = text.format(v=value, **names("warehouse", "api_key")).encode()

    assert [s for s in USUAL.scan(Document(path, data)).spans if s.code == "SEC220"] == []


@SETTINGS
@given(
    st.sampled_from([service for service in SERVICES if service.word not in STANDING_ALONE]),
    st.sampled_from([place for place in PLACES if not SAYS_KEY.search(place[1])]),
    st.sampled_from(["revision", "version", "commit", "sha1", "colour"]),
    st.integers(0, 10**6),
)
def test_without_a_key_word_it_is_not_found(service, place, name, seed):
    path, text = place
    value = make_value(service.shape, seed)
    assume(not SAYS_KEY.match(value))
    data = text.format(v=value, **names(service.word, name)).encode()

    assert [s for s in USUAL.scan(Document(path, data)).spans if s.code == "SEC220"] == []


@pytest.mark.parametrize(
    "unit",
    [
        "key-",
        "key=",
        "api_key: ",
        "token.-_",
        "secret " + "-" * 16,
        "algolia key abc1",
        "a" * 39 + "1",
        "algolia ",
        "https://",
        "key='" + "a1" * 500 + "' ",
        "{\n  key: a1b2c3d4e5f6\n",
    ],
    ids=range(11),
)
def test_hostile_text_takes_bounded_time(unit):
    """Seconds of the processor for 256 KiB; measured 1.2 at most."""
    data = (unit * (262_144 // len(unit) + 1)).encode()
    before = time.process_time()
    USUAL.scan(Document("a.txt", data))

    assert time.process_time() - before < 6
