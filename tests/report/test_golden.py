"""One shared set of reports in every format, as files that people read in review.

``CREDLINT_UPDATE_GOLDEN=1`` accepts what is written now. The samples carry a fixed version, so
nothing is masked.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from credlint.report import json_report, sarif, text
from tests.report.sample_reports import REPORTS

EXPECTED = Path(__file__).resolve().parents[2] / "fixtures" / "expected"

FORMATS = {
    "txt": lambda report: text.render(report, color=False, width=100),
    "narrow.txt": lambda report: text.render(report, color=False, width=60, verbose=True),
    "ansi": lambda report: text.render(report, color=True, width=100),
    "json": json_report.render,
    "sarif": sarif.render,
}


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("kind", FORMATS)
def test_report_is_written_as_accepted(name, kind):
    path = EXPECTED / f"{name}.{kind}"
    written = FORMATS[kind](REPORTS[name])
    if os.environ.get("CREDLINT_UPDATE_GOLDEN"):
        path.write_bytes(written.encode())

    assert written == path.read_bytes().decode()
