"""SRC103 in large modules: what a profile is chosen instead of is found in linear time."""

from __future__ import annotations

import time

import pytest

from credlint.code.python.module import read
from credlint.code.python.profiles import check
from credlint.code.sighting import Context
from tests.code.samples import Beside

_TIED = 'boto3.Session(profile_name="a")\n'


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (_TIED, True),
        (f"if x: {_TIED}", True),
        (f"try: {_TIED}except E: boto3.Session()\n", False),
        (f"if x: {_TIED}else: {_TIED}", True),
    ],
)
def test_many_sessions(line, found):
    count = 1000
    module = read(("import boto3\n" + line * count).encode(), "module.py")
    context = Context("module.py", around=Beside({}))
    start = time.process_time()
    sightings = [each.level for each in check(module, context)]
    assert time.process_time() - start < 10
    assert sightings == ["note"] * count * line.count("profile_name") * found
