"""Where keys go that a script asks for: what is followed, and that it ends in time."""

from __future__ import annotations

import time

import pytest

from credlint.code.shell.copies import Copies
from credlint.code.shell.reader import read
from credlint.code.shell.requests import iter_requests

ASK = "curl -s http://169.254.169.254/latest/meta-data/iam/security-credentials/app"


def _holds(text):
    """Tell whether the last word of a script holds a part of the answer."""
    script = read(text.encode(), "a.sh")
    copies = Copies(script, (request.command for request in iter_requests(script)))
    return copies.hold(script, script.commands[-1].words[-1])


@pytest.mark.parametrize(
    "text",
    [
        f"c=$({ASK})\nid=$(echo $c | jq .a)\nuse $id",
        f"c=$({ASK})\nid=${{c%%,*}}\nother=$id\nuse x$other",
        f"keys() {{ {ASK} | jq .a; }}\nid=`keys`\nuse $id",
        f"function keys {{\n  {ASK}\n}}\nk=$(keys | jq .a)\nuse $k",
        f"{ASK} -o /tmp/c\nid=$(jq .a /tmp/c)\nuse $id",
        f"{ASK} > /tmp/c\nid=`jq .a < /tmp/c`\nuse $id",
        f"{ASK} | jq -r .a | while read id; do use $id; done",
        f"c=$({ASK})\nid=$(jq .a <<< $c)\nuse $id",
    ],
)
def test_what_is_worked_out_of_the_answer(text):
    assert _holds(text)


@pytest.mark.parametrize(
    "text",
    [
        f"c=$({ASK})\nuse $STORE_KEY",
        f"c=$({ASK})\nid=$(cat /run/secrets/key)\nuse $id",
        f"{ASK}\nid=$(cat /run/secrets/key)\nuse $id",
        f"{ASK} -o /dev/null\nid=$(cat /run/secrets/key)\nuse $id",
        f"{ASK} > /dev/null\nid=$(cat /run/secrets/key)\nuse $id",
        f"has_role() {{ {ASK}; }}\nid=$(cat /run/secrets/key)\nuse $id",
        f"{ASK} > /tmp/c\nid=$(aws secretsmanager get-secret-value --secret-id a)\nuse $id",
        f"c=$({ASK})\nuse literal",
    ],
)
def test_what_comes_from_elsewhere(text):
    assert not _holds(text)


def test_many_requests_end_in_time():
    lines = [f"a{n}=$({ASK})\nb{n + 1}=$b{n}\nuse $a{n}\n" for n in range(1500)]
    script = read("".join(lines).encode(), "a.sh")
    sources = [request.command for request in iter_requests(script)]

    begun = time.process_time()
    Copies(script, sources)

    assert time.process_time() - begun < 2
