"""Dockerfiles are read as BuildKit reads them; expectations were taken from its parser (0.17)."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint.code.docker.reader import read


def told(text):
    """Return keyword and words of each instruction, and the first and last line it stands on."""
    data = text.encode()
    dockerfile = read(data, "Dockerfile")
    return [
        (
            found.name,
            data.count(b"\n", 0, found.line.start) + 1,
            data.count(b"\n", 0, found.line.end - 1) + 1,
            [word.text for word in found.words()],
        )
        for found in dockerfile.instructions
    ]


def test_comments_and_blank_lines_within_an_instruction_are_passed_over():
    text = "FROM a\nENV A=1 \\\n   # c\n\n  B=2 \\  \n# d\n  C=3\nRUN x\n"

    assert told(text) == [
        ("FROM", 1, 1, ["a"]),
        ("ENV", 2, 7, ["A=1", "B=2", "C=3"]),
        ("RUN", 8, 8, ["x"]),
    ]


def test_the_escape_directive_changes_what_goes_on():
    assert told("# escape=`\nFROM a\nRUN b `\n c\\\nCMD d") == [
        ("FROM", 2, 2, ["a"]),
        ("RUN", 3, 4, ["b", "c\\"]),
        ("CMD", 5, 5, ["d"]),
    ]


def test_heredocs_are_no_instructions():
    text = "RUN <<-'E O' cat <<B >x\n\tENV A=1\n\tE O\nENV B=2\nB\nCOPY a b\n"

    assert told(text)[1:] == [("COPY", 6, 6, ["a", "b"])]
    first = read(text.encode(), "").instructions[0]
    assert [(h.name, text[h.start : h.end], h.expanded) for h in first.line.heredocs] == [
        ("E O", "\tENV A=1\n", False),
        ("B", "ENV B=2\n", True),
    ]


@pytest.mark.parametrize(
    "line", ["RUN it's <<A", "RUN x <<< A", 'RUN ["a", "<<A"]', "CMD <<A", "RUN ${y,,} <<A"]
)
def test_what_looks_like_a_heredoc_and_is_none(line):
    assert [found[0] for found in told(f"{line}\nENV A=1\nA\n")][1:] == ["ENV"]


def test_words_know_their_places():
    text = 'FROM a AS "é"\nCOPY --from=b --chown="x y" ["ä", "\\u00e4", "c"]\nADD é\\\n ü z\n'
    data = text.encode()
    dockerfile = read(data, "")

    written = [
        data[word.start : word.end].decode()
        for found in dockerfile.instructions
        for word in (*found.flags, *found.words())
    ]
    assert written == [
        *("a", "AS", '"é"'),
        *("--from=b", '--chown="x y"', '"ä"', '"\\u00e4"', '"c"'),
        *("é", "ü", "z"),
    ]
    assert dockerfile.instructions[1].flag("chown") == "x y"


def test_stages_and_what_becomes_the_image():
    text = "ARG B=a\nFROM $B AS one\nRUN 1\nFROM x\nRUN 2\nFROM ONE as three\nRUN 3\n"
    dockerfile = read(text.encode(), "")

    assert [(stage.name, stage.base) for stage in dockerfile.stages] == [
        ("one", "a"),
        ("", "x"),
        ("three", "ONE"),
    ]
    runs = [found for found in dockerfile.instructions if found.name == "RUN"]
    assert [dockerfile.is_shipped(found) for found in runs] == [True, False, True]


def test_no_dockerfile_has_no_format():
    assert read(b"Build the image\nwith docker build\n", "Dockerfile.txt").formats == ()
    assert read(b"FROM a\nINCLUDE b\n", "Dockerfile").unread == ("some lines are no instructions",)
    assert read(b"FROM a\n{% if x %}\nRUN b\n", "Dockerfile.j2").unread == (
        "templates were passed over",
    )


def scripts(text):
    return [(inner.format, inner.text.decode()) for inner in read(text.encode(), "").embedded()]


def test_scripts_are_what_the_shell_gets():
    text = (
        "FROM a\nRUN --mount=type=cache,target=/x one \\\n  # c\n\n  && two\n"
        "RUN <<EOF\nthree\nEOF\nRUN <<EOF\n#!/usr/bin/env python3\nfour\nEOF\n"
        'RUN ["bash", "-ec", "five"]\nCMD ["six", "a b"]\n'
        "HEALTHCHECK --interval=5s CMD seven || exit 1\nRUN cat <<E\neight\nE\nONBUILD RUN nine\n"
    )

    assert scripts(text) == [
        ("shell", "one \\\n  && two"),
        ("shell", "three\n"),
        ("python", "#!/usr/bin/env python3\nfour\n"),
        ("shell", "five"),
        ("shell", "six 'a b'"),
        ("shell", "seven || exit 1"),
        ("shell", "cat <<E\neight\nE\n"),
        ("shell", "nine"),
    ]


def test_other_shells_are_left_alone():
    assert scripts('FROM a\nSHELL ["powershell", "-Command"]\nRUN Get-Item\nFROM b\nRUN c\n') == [
        ("shell", "c")
    ]


LINES = st.sampled_from(
    [
        *("FROM a", "RUN echo \\", "RUN cat <<EOF", "EOF", "ENV A=1 \\", '"', "'", "# c", ""),
        *("  # c", "\\", "`", "# escape=`", 'RUN ["a", "b"]', "ARG é=\u00a0", "COPY a b", "\ufeff"),
        *("HEALTHCHECK CMD x", "ONBUILD ONBUILD RUN", "\x00", "{{ x }}", "${x:-", "RUN $(<<A"),
    ]
)
TEXTS = st.lists(LINES).map("\n".join) | st.text() | st.lists(LINES).map("\r\n".join)


@given(TEXTS)
def test_any_text_is_read_and_every_place_is_in_it(text):
    data = text.encode("utf-8", "replace")
    dockerfile = read(data, "Dockerfile")
    last = 0
    for found in dockerfile.instructions:
        assert last <= found.line.start <= found.start < found.end <= found.line.end <= len(data)
        last = found.line.end
        assert data[found.start : found.end].strip()
        for pair in found.pairs() if found.name in ("ENV", "ARG") else ():
            written = data[pair.start : pair.end]
            assert written.startswith(pair.name.encode()) or "\ufffd" in pair.name
    for inner in dockerfile.embedded():
        for start, outer, length in inner.segments:
            assert inner.text[start : start + length] == data[outer : outer + length]


@pytest.mark.parametrize(
    "text",
    [
        "FROM a\nENV " + "A=1 \\\n" * 100_000,
        "FROM a\nRUN " + "<<A " * 100_000,
        "FROM a\nENV A=" + '"' * 300_000,
        "FROM a\nENV A=" + "$" * 300_000 + "{" * 300_000,
        "FROM a\nRUN " + "--" * 400_000,
        "FROM a\nRUN " + "[" * 400_000,
        "FROM a\n" + "ONBUILD " * 100_000 + "RUN x",
        "FROM a\nENV A=" + "\\" * 400_001,
    ],
    ids=range(8),
)
def test_large_and_odd_texts_take_their_time_by_length(text):
    began = time.process_time()
    dockerfile = read(text.encode(), "Dockerfile")
    list(dockerfile.embedded())
    for found in dockerfile.instructions:
        found.pairs() if found.name == "ENV" else found.words()

    assert time.process_time() - began < 5
