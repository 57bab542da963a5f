"""Heredocs as texts of other formats: every byte has its place, templates are out of the way."""

from __future__ import annotations

import pytest

pytest.importorskip("tree_sitter_hcl")

from credlint.code.hcl.reader import read
from credlint.code.hcl.scripts import without_templates
from credlint.model.fix import Edit, apply_edits

_USER_DATA = """resource "aws_instance" "web" {
  user_data = <<-EOF
    #!/bin/bash
      echo ${var.name} "${lookup(var.map, "a}b")}" $${HOME}
    %{ if var.on }touch x%{ endif }
    EOF
}
"""


def test_script_stands_where_it_stands():
    (inner,) = read(_USER_DATA.encode(), "main.tf").embedded()
    text = inner.text.decode()

    assert (inner.format, inner.logical) == ("shell", "aws_instance.web")
    assert text.splitlines()[0] == "#!/bin/bash"
    assert text.splitlines()[1].endswith("${HOME}")
    for word in ("#!/bin", "echo", "${HOME}", "touch"):
        assert _USER_DATA[inner.outside(text.index(word)) :].startswith(word)


def test_line_goes_with_its_indentation():
    (inner,) = read(_USER_DATA.encode(), "main.tf").embedded()
    start = inner.text.index(b"  echo")
    end = inner.text.index(b"\n", start) + 1
    edit = inner.edit_outside(Edit(start, end, ""))
    after = apply_edits(_USER_DATA.encode(), [edit]).decode()

    assert after.splitlines()[2:4] == ["    #!/bin/bash", "    %{ if var.on }touch x%{ endif }"]


@pytest.mark.parametrize(
    ("raw", "filled"),
    [
        ("a ${var.b} c", "a ${xxxxx} c"),
        ("$${kept} ${a}", "$${kept} ${x}"),
        ('${f("}")}!', "${xxxxxx}!"),
        ("${unclosed", "${xxxxxxxd"),
        ("%{ for x in y }z%{ endfor }", "               z           "),
        ("plain", "plain"),
    ],
)
def test_templates_keep_their_length(raw, filled):
    found = without_templates(raw.encode()).decode()

    assert found == filled
    assert len(found) == len(raw)


def test_whole_values_of_json_become_texts():
    raw = b'{"a": ${var.long_name}, "b": "x-${var.c}", "c": [${jsonencode(var.d)}]}'

    found = without_templates(raw, is_json=True)

    assert len(found) == len(raw)
    assert found == (b'{"a": "${xxxxxxxxxxx}", "b": "x-${xxxxx}", "c": ["${xxxxxxxxxxxxxxx}"]}')


def test_many_unclosed_templates_take_linear_time():
    raw = b'${"' * 200_000

    assert len(without_templates(raw)) == len(raw)
