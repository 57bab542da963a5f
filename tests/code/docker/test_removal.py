"""Variables are taken out of ENV and ARG, and nothing else changes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from credlint.code.docker.reader import read
from credlint.code.docker.removal import without
from credlint.model.fix import apply_edits

NAMES = ("A", "B", "C", "D")
GAP = st.sampled_from([" ", "  ", " \\\n  ", " \\\r\n\t", " \\\n  # c\n  ", " \\\n\n # c\n#d\n "])


@st.composite
def environments(draw):
    """Return a Dockerfile with one ENV or ARG of some variables in between, and which go."""
    keyword = draw(st.sampled_from(["ENV", "ARG", "env"]))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
    value = st.sampled_from(["1", '"x y"', "'#'", "a\\ b", '""', "é", "$X"])
    parts = [keyword]
    for name in names:
        parts += [draw(GAP), f"{name}={draw(value)}"]
    end = draw(st.sampled_from(["\n", "\r\n", " \n", ""]))
    after = "RUN x\n" if end else ""
    text = "FROM a\n# before\n" + "".join(parts) + end + after
    return text, draw(st.sets(st.sampled_from(names)))


def environment(text):
    dockerfile = read(text.encode(), "")
    pairs = [
        (pair.name, pair.value)
        for found in dockerfile.instructions
        if found.name in ("ENV", "ARG")
        for pair in found.pairs()
    ]
    others = [
        (found.name, found.rest)
        for found in dockerfile.instructions
        if found.name not in ("ENV", "ARG")
    ]
    return pairs, others


@given(environments())
def test_only_the_named_variables_go(made):
    text, gone = made
    pairs, others = environment(text)
    found = read(text.encode(), "").instructions[1]
    after = apply_edits(text.encode(), without(text.encode(), found, gone)).decode()

    assert environment(after) == ([pair for pair in pairs if pair[0] not in gone], others)
    if len(gone) < len(pairs):
        # Comments stay, but for those between two variables that both go.
        assert after.count("# before") == 1
    assert not gone or len(after) < len(text)
