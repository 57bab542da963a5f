"""The last barrier: a key in text that others wrote reaches no format."""

from __future__ import annotations

import base64
from dataclasses import replace
from urllib.parse import quote

import pytest

from credlint.model.finding import IgnoreDirective, Skipped, Suppressed, number_findings
from credlint.model.location import Location
from credlint.model.report import Notice
from credlint.model.trace import Offer, RegionChoice, SdkError
from credlint.report import json_report, sarif, text
from credlint.samples import key_id, secret_key, session_token
from tests.report.sample_reports import BOTO3, DIRECTIVE, DOCTOR, FILE_FINDING, STEPS

SECRET = secret_key("canary")
TOKEN = session_token("canary")
KEY_ID = key_id(seed="canary")
PLANTED = f"see {KEY_ID} {SECRET} {TOKEN} https:{'//'}user:{SECRET[:12]}pw@host/x"

FORMATS = {
    "text": lambda report: text.render(report, color=True, width=80, verbose=True),
    "json": json_report.render,
    "sarif": lambda report: sarif.render(report, sarif.SarifOptions(include_suppressed=True)),
}


def planted_report():
    place = Location("file", "a.py", logical=f"profile/{PLANTED}", message=PLANTED)
    error = SdkError("ProfileNotFound", PLANTED, place)
    offer = Offer("static", profile=PLANTED, role=PLANTED)
    step = replace(STEPS[4], detail=PLANTED, offer=offer, location=place)
    broken = replace(STEPS[6], detail=PLANTED, error=error)
    chain = replace(
        BOTO3,
        steps=(step, broken),
        winner=step,
        error=error,
        region=RegionChoice(PLANTED, f"profile:{PLANTED}", place, ((PLANTED, PLANTED),)),
        profile=PLANTED,
        notes=(PLANTED,),
    )
    finding = replace(
        FILE_FINDING,
        code="CHN101",
        message=PLANTED,
        location=place,
        related=(replace(place, line=3),),
        remedy=PLANTED,
        subject=PLANTED,
        sdks=("boto3",),
        properties=(("role", PLANTED),),
    )
    (numbered,) = number_findings([finding])
    directive = IgnoreDirective("a.py", "SRCROOT", 1, DIRECTIVE.selectors, PLANTED)
    return replace(
        DOCTOR,
        chains=(chain, replace(chain, sdk="rust", outcome="undecided")),
        findings=(numbered,),
        suppressed=(Suppressed(numbered, directive),),
        skipped=(Skipped("a.py", PLANTED),),
        notes=(PLANTED,),
        unused_directives=(PLANTED,),
        notices=(Notice("RUN913", PLANTED, location=place),),
        title=PLANTED,
    )


@pytest.mark.parametrize("name", FORMATS)
def test_planted_keys_reach_no_format(name):
    written = FORMATS[name](planted_report())
    pieces = {part[i : i + 8] for part in (SECRET, TOKEN, KEY_ID) for i in range(len(part) - 7)} - {
        KEY_ID[:8]
    }
    forms = {
        form
        for part in (SECRET, TOKEN, KEY_ID)
        for form in (part, base64.b64encode(part.encode()).decode(), quote(part, safe=""))
    }

    assert not [form for form in forms if form in written]
    assert not [piece for piece in pieces if piece in written]
    assert "[REDACTED]" in written
