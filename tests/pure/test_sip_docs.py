"""The code in docs/reference/sip.md runs as it stands there."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from sipworker.sip import notifications

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "sip.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


def test_the_code_blocks_run_one_after_the_other() -> None:
    names: dict[str, object] = {}
    for number, block in enumerate(BLOCKS, 1):
        exec(compile(block, f"{PAGE.name}, block {number}", "exec"), names)
    assert names["told"], "the page shows a subscriber that is told something"


def test_the_table_has_every_notification_with_its_fields() -> None:
    rows = dict(re.findall(r"^\| `(SIP\w+)` \| (.*?) \|", PAGE.read_text(), re.MULTILINE))
    kinds = {
        name: kind
        for name, kind in vars(notifications).items()
        if name.startswith("SIP") and inspect.isclass(kind)
    }
    assert set(rows) == set(kinds)
    for name, kind in kinds.items():
        for field in set(inspect.signature(kind).parameters) - {"sender"}:
            assert f"`{field}`" in rows[name], (name, field)
