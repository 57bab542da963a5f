"""The model of words: random letters cost more than words, whatever the words are."""

from __future__ import annotations

import random
import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint.secrets.generic import model as subject
from credlint.secrets.generic.model import LETTER_BITS, load, parse
from tools.wordmodel.__main__ import make_model, usual_words
from tools.wordmodel.words import words_of

MODEL = load()
LETTERS = st.text(string.ascii_lowercase, min_size=1, max_size=80)
# Words that are in no list of the model's: foreign ones, compounds, abbreviations.
WORDS = [
    *("wrongpassword", "mysecrettoken", "topsecret", "foobar", "authentication", "kubernetes"),
    *("servicekonto", "datenbankpasswort", "motdepasse", "clientidentifier", "unsecuresession"),
    *("administrator", "nextpagetoken"),
]


def _drawn(length, seed):
    source = random.Random(f"{length} {seed}")  # noqa: S311  repeatable
    return "".join(source.choices(string.ascii_lowercase, k=length))


@pytest.mark.parametrize("word", WORDS)
def test_words_are_likelier_written_than_drawn(word):
    assert MODEL.excess(word) < 0


@pytest.mark.parametrize(("length", "share"), [(5, 0.85), (8, 0.93), (12, 0.98), (20, 0.995)])
def test_drawn_letters_are_told_the_surer_the_longer_they_are(length, share):
    told = sum(MODEL.excess(_drawn(length, seed)) > 4 for seed in range(1000))

    assert told / 1000 >= share


@given(LETTERS)
def test_a_reading_with_words_never_costs_more_than_the_letters(run):
    letters = sum(MODEL.letter_costs(run[:64])) - LETTER_BITS * len(run[:64])

    assert MODEL.excess(run) <= letters + 1e-9


@given(LETTERS, st.floats(-200, 200))
def test_below_what_is_wanted_the_exact_figure_does_not_matter(run, wanted):
    exact = MODEL.excess(run)
    quick = MODEL.excess(run, wanted)

    assert quick == exact or (quick < wanted and exact < wanted)


@given(st.lists(st.sampled_from(sorted(MODEL._words)), min_size=1, max_size=4))
def test_known_words_in_a_row_cost_no_more_than_themselves(words):
    run = "".join(words)[:64]
    whole = "".join(words)
    if len(whole) > 64:
        return
    price = sum(MODEL._words[word] for word in words) - LETTER_BITS * len(run)

    assert MODEL.excess(run) <= price + 1e-9


def test_it_is_loaded_in_no_time_and_once():
    load.cache_clear()
    start = time.perf_counter()
    first = load()
    taken = time.perf_counter() - start

    assert taken < 0.05
    assert load() is first


def test_a_hostile_run_takes_no_longer_than_a_long_word():
    start = time.perf_counter()
    MODEL.excess("a" * 1_000_000)

    assert time.perf_counter() - start < 0.1


def test_the_tool_makes_a_model_of_what_it_is_given():
    counts = dict.fromkeys(("harpsichord", "clavichord", "spinet", "virginal"), 30)
    made = parse(make_model(counts))

    assert made.excess("harpsichord") < made.excess("hsprcdoahir")
    assert all(made.knows(word) for word in usual_words() if len(word) >= 3)


def test_the_tool_does_not_read_random_text_as_words():
    text = 'password_field = "QmVnaW4gb2Y+base64/text=="  # sha256:9f86d081884c7d659a2feaa0c55ad015'

    assert words_of(text) == {"password", "field"}


def test_the_table_has_a_cost_for_every_three_letters():
    assert len(MODEL._costs) == subject.SYMBOLS**3
