"""docs/reference/cli.md says what the commands say of themselves."""

from __future__ import annotations

from rlsproject import clireference
from tests.quality.test_tools import PROJECT


def test_command_reference_is_current() -> None:
    text = (PROJECT / "docs" / "reference" / "cli.md").read_text()
    assert text == clireference.markdown(), "run manage.py clireference"
