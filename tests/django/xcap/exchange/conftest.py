from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

Run = Callable[..., str]


@pytest.fixture
def run() -> Run:
    """Runs a command; gives what it prints, with the text of a CommandError as the last line."""

    def run(name: str, *arguments: str) -> str:
        out = StringIO()
        try:
            call_command(name, *arguments, stdout=out, stderr=out)
        except CommandError as error:
            out.write(f"CommandError: {error}\n")
        return out.getvalue()

    return run
