"""docs/reference/rest.md says what the views say of themselves."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from rlsproject import restreference
from tests.quality.test_tools import PROJECT


def test_rest_reference_is_current() -> None:
    text = (PROJECT / "docs" / "reference" / "rest.md").read_text()
    assert text == restreference.markdown(), "run manage.py restreference"


def test_description_of_the_api_is_valid_and_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file="/dev/null")
    assert "arning" not in capsys.readouterr().err
