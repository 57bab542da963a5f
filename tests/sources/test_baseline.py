"""Reading a baseline's bytes."""

from __future__ import annotations

import pytest

from credlint.sources.baseline import read_baseline_bytes
from credlint.sources.errors import SourceError
from tests.support.rights import without_rights


@pytest.mark.parametrize("found", [True, False])
def test_an_unreadable_baseline_is_said(tmp_path, found):
    path = tmp_path / "accepted"
    path.write_text("credlint-baseline/1\n")
    path.chmod(0)

    with (
        without_rights(tmp_path),
        pytest.raises(SourceError, match='"accepted" cannot be used: permission denied'),
    ):
        read_baseline_bytes(path, 1000, found=found)
