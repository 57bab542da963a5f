"""Notebooks: cells are one module, magics are no Python, places and edits are those of the file."""

from __future__ import annotations

import ast
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from credlint import samples
from credlint.code.analysis import Analyser
from credlint.code.python.notebook import read
from credlint.code.sighting import NotReadError
from credlint.model.document import Document
from credlint.model.fix import Edit, apply_edits
from credlint.rulebook import load_rules

ANALYSER = Analyser(rule for rule in load_rules(("code",)) if rule.id == "SRC101")
LINES = st.text(st.sampled_from('ab"\\\n\t é𝄞/'), max_size=12)


def notebook(*cells, as_lines=True, metadata=None, ascii_only=True, indent=1):
    made = [
        {
            "cell_type": "code",
            "metadata": {},
            "outputs": [],
            "source": cell.splitlines(keepends=True) if as_lines else cell,
        }
        for cell in cells
    ]
    whole = {"cells": made, "metadata": metadata or {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=indent, ensure_ascii=ascii_only).encode()


def python_of(data):
    inner = [each for each in read(data, "a.ipynb").embedded() if each.format == "python"]
    return inner[0].text.decode() if inner else ""


@pytest.mark.parametrize("as_lines", [True, False])
def test_names_reach_from_cell_to_cell_and_places_are_those_of_the_cell(as_lines):
    cells = (
        f"import boto3\nKEY = '{samples.key_id()}'",
        f"# ünïcode\nboto3.client('s3', aws_secret_access_key=\"{samples.secret_key()}\")",
    )
    data = notebook(*cells, as_lines=as_lines)
    result = ANALYSER.analyse(Document("a.ipynb", data), "notebook")
    (found,) = result.found
    line = data.decode().splitlines()[found.finding.location.line - 1]

    assert result.skipped == ()
    assert found.finding.location.logical == "cell/2"
    assert line[found.finding.location.column - 1 :].startswith("boto3.client(")
    assert line[found.literals[0].column - 1 :].startswith('\\"')


@pytest.mark.parametrize(
    ("cell", "left", "others"),
    [
        ("%matplotlib inline\nx = 1", "x = 1", []),
        ("!pip install boto3\nx = 1", "x = 1", [("shell", "pip install boto3\n")]),
        ("if a:\n    !aws s3 ls \\\n      --debug\nx = 1", "x = 1", [("shell", None)]),
        ("files = !ls\nx = 1", "x = 1", [("shell", "ls\n")]),
        ("t = %sx aws s3 ls\nx = 1", "x = 1", [("shell", "aws s3 ls\n")]),
        ("boto3.client?\nx = 1", "x = 1", []),
        ("?boto3\nx = 1", "x = 1", []),
        ("pip install boto3\nx = 1", "x = 1", []),
        ("%%time\nx = 1", "x = 1", []),
        ("s = '''\n!no\n%no\n'''\nx = (s\n % 2)\n!ls", "!no", [("shell", "ls")]),
        ("%%bash\naws s3 ls", None, [("shell", "aws s3 ls")]),
        ("%%script bash\nls", None, [("shell", "ls")]),
        ("%sh\nls", None, [("shell", "ls")]),
        ("%%writefile a.py\nimport b", None, [("python", "import b")]),
        ("%%sql\nSELECT 1 FROM t", None, []),
        ("%sql\nSELECT 1 FROM t", None, []),
        ("await f()\nx = 1", "x = 1", []),
    ],
)
def test_magics_are_put_out_of_the_way(cell, left, others):
    parsed = read(notebook(cell), "a.ipynb")
    inner = list(parsed.embedded())
    module = inner.pop(0).text.decode() if left is not None else ""

    assert parsed.unread == ()
    assert (left or "") in module
    ast.parse(module)
    assert len(inner) == len(others)
    for made, (name, text) in zip(inner, others):
        assert made.format == name
        assert text is None or made.text.decode().rstrip("\n") == text.rstrip("\n")


def test_cells_that_are_no_python_are_one_line_and_hide_no_other():
    parsed = read(notebook("print 'x'", "x = 1", "a b", "y = ("), "a.ipynb")

    assert parsed.unread == (
        "cell 1, line 1 of the notebook is no valid Python, nor is that of 2 more cells",
    )
    assert "x = 1" in next(iter(parsed.embedded())).text.decode()


@pytest.mark.parametrize(
    "metadata",
    [{"kernelspec": {"language": "R", "name": "ir"}}, {"language_info": {"name": "julia"}}],
)
def test_other_kernels_have_no_python(metadata):
    assert list(read(notebook("x <- 1", metadata=metadata), "a.ipynb").embedded()) == []


def test_the_old_form_is_read_too():
    whole = {"worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1"]}]}]}

    assert python_of(json.dumps(whole).encode()) == "x = 1\n"


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b'{"cells": [}', b"[" * 5000, b'{"cells": 1} x', b"\xff\xfe"],
)
def test_what_is_no_notebook_is_told(data):
    with pytest.raises(NotReadError):
        read(data, "a.ipynb")


@pytest.mark.parametrize(
    "data",
    [
        b'{"cells": 1}',
        b"[]",
        b'{"cells": [1, {"cell_type": "code", "source": [1, "\\ud800"]}]}',
        b'{"cells": [{"cell_type": "code", "source": "' + b"(" * 3000 + b'"}]}',
        b'{"cells": [{"cell_type": "code", "source": "x = \\u0000"}]}',
        b'{"cells": [{"cell_type": "code", "source": "%\\n!\\n?\\n%%\\n\\\\"}]}',
        b'{"cells": [{"cell_type": "code", "source": "' + b"%a\\n" * 3000 + b'"}]}',
    ],
)
def test_odd_notebooks_are_read_as_far_as_they_go(data):
    read(data, "a.ipynb")


@given(st.lists(LINES, min_size=1, max_size=4), st.booleans(), st.booleans())
def test_every_character_is_found_where_it_stands(texts, as_lines, ascii_only):
    cells = [f"s = {text!r}" for text in texts]
    data = notebook(*cells, as_lines=as_lines, ascii_only=ascii_only)
    (inner,) = read(data, "a.ipynb").embedded()
    text = inner.text.decode()
    assert text == "".join(cell + "\n" for cell in cells)
    joints = {len("".join(c + "\n" for c in cells[: n + 1])) - 1 for n in range(len(cells))}
    offset = 0
    for number, character in enumerate(text):
        if number not in joints:
            outside = data[inner.outside(offset) :].decode()
            assert outside.startswith((character, json.dumps(character)[1:-1]))
        offset += len(character.encode())


@given(
    st.lists(LINES, min_size=1, max_size=3),
    st.booleans(),
    LINES,
    st.tuples(st.integers(0, 60), st.integers(0, 60)),
)
# Between two strings of a cell.
@example(texts=[r"\\"], as_lines=True, new="x", places=(len(r"s = '\\\\'") + 1,) * 2)
def test_an_edit_of_the_module_is_one_of_the_file(texts, as_lines, new, places):
    """Edits within a cell give the same cell, edits across cells are not offered."""
    cells = [f"s = {text!r}\nt = 1" for text in texts]
    data = notebook(*cells, as_lines=as_lines)
    (inner,) = read(data, "a.ipynb").embedded()
    text = inner.text.decode()
    start, end = sorted(min(place, len(text)) for place in places)
    first, last = (len(text[:n].encode()) for n in (start, end))
    edits = inner.edits_outside(Edit(first, last, new))
    crosses = "\n" in text[start:end] and any(
        start <= len("".join(c + "\n" for c in cells[: n + 1])) - 1 < end for n in range(len(cells))
    )
    if edits is None:
        assert crosses or end == len(text)
        return
    after = json.loads(apply_edits(data, edits))
    sources = ["".join(cell["source"]) for cell in after["cells"]]

    assert "".join(source + "\n" for source in sources) == text[:start] + new + text[end:]


@pytest.mark.parametrize("indent", [None, 1])
def test_lines_that_go_take_their_strings_along(indent):
    cell = "import boto3\ns3 = boto3.client(\n    's3',\n    aws_secret_access_key='{}',\n)\n{}"
    data = notebook(cell.format(samples.secret_key(), "s3.list_buckets()"), indent=indent)
    (found,) = ANALYSER.analyse(Document("a.ipynb", data), "notebook").found
    after = apply_edits(data, found.finding.change.files[0].edits)

    assert after == notebook(
        cell.format("", "s3.list_buckets()").replace("    aws_secret_access_key='',\n", ""),
        indent=indent,
    )


def test_the_last_line_of_a_cell_is_left_empty():
    data = notebook(f"import boto3\nKEY = '{samples.secret_key()}'", "boto3.client('s3', None)")
    module = read(data, "a.ipynb").embedded()[0]
    start = module.text.index(b"KEY")
    edits = module.edits_outside(Edit(start, module.text.index(b"\n", start), ""))

    assert json.loads(apply_edits(data, edits))["cells"][0]["source"] == ["import boto3\n", ""]
