"""The Date header of an answer, which tells how far the clock is off."""

from __future__ import annotations

import pytest

from credlint.host.http import _date


def answer(header):
    return f"HTTP/1.1 200 OK\r\n{header}\r\nContent-Length: 0\r\n\r\n".encode("latin-1")


def test_the_usual_form_becomes_an_iso_time():
    assert _date(answer("date: Sun, 06 Nov 1994 08:49:37 GMT")) == "1994-11-06T08:49:37Z"


@pytest.mark.parametrize(
    "header",
    [
        "X-Date: Sun, 06 Nov 1994 08:49:37 GMT",
        "Date: Sun, 06 Foo 1994 08:49:37 GMT",
        "Date: Sunday, 06-Nov-94 08:49:37 GMT",
        "Date: Sun, 06 Nov 1994 08:49:37 +0200",
        "Date: ",
        "Date: Sun, 06 Nov 1994 08:49:37 GMT; x",
    ],
)
def test_anything_else_is_no_date(header):
    assert _date(answer(header)) is None
