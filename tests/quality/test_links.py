"""Links and pictures in the documents lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.quality.test_tools import PROJECT

PAGES = [*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")]
TARGET = re.compile(r"\]\(([^)#\s]+)|(?:src|srcset)=\"([^\"]+)\"")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def targets(page: Path) -> set[str]:
    """Those within the project."""
    found = {first or second for first, second in TARGET.findall(CODE.sub("", page.read_text()))}
    return {target for target in found if "://" not in target}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    missing = [target for target in targets(page) if not (page.parent / target).exists()]
    assert not missing
