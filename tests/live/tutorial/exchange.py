"""Messages of the tutorial as templates, and the bytes that are held against them.

`{name}` stands for a value. One that is not known yet (a tag, a branch, a Call-ID, the time
left) is learned from the first message that has it, and has to be the same from then on.
Lines of a body end with a line feed, those that end with ¶ with CRLF.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.live.rig.message import Message

_NAME = re.compile(r"\\{(\w+)\\}")
UNKNOWN = r"[^\s;>]+"


class Exchange:
    """One run of the tutorial; `values` are what is known so far."""

    def __init__(self, **values: str) -> None:
        self.values = values

    def request(self, name: str) -> bytes:
        """The message of a file, all of whose values are known."""
        head, body = _template(name)
        return (head.format(**self.values) + body.format(**self.values)).encode()

    def check(self, name: str, message: Message) -> None:
        """Every byte of `message` is what the file says."""
        head, body = _template(name)
        expected_body = body.format(**self.values)
        known = {**self.values, "length": str(len(expected_body.encode()))}
        seen: dict[str, str] = {}

        def pattern(found: re.Match[str]) -> str:
            value = found[1]
            if value in known:
                return re.escape(known[value])
            seen[value] = ""
            return f"(?P<{value}>{UNKNOWN})"

        text = message.data.decode()
        actual_head = text[: len(text) - len(message.body.decode())]
        match = re.fullmatch(_NAME.sub(pattern, re.escape(head)), actual_head)
        assert match, f"{name}:\n{head}\nbut it was:\n{actual_head}"
        assert message.body.decode() == expected_body
        self.values.update({value: match[value] for value in seen})


def _template(name: str) -> tuple[str, str]:
    """Head, with the empty line after it, and body."""
    text = (Path(__file__).parent / f"{name}.sip").read_text(encoding="utf-8")
    head, _, body = text.partition("\n\n")
    return head.replace("\n", "\r\n") + "\r\n\r\n", body.replace("¶\n", "\r\n")
