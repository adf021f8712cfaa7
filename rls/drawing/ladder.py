"""Recorded SIP messages as a ladder: a lane for each party, an arrow for each message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rls.models import TracedMessage

US = "list server"


class Rung(NamedTuple):
    """`first` and `last` are lines of a grid with two columns for each lane; `direction` right or left;
    `tone` by what kind of message it is."""

    at: str
    first: int
    last: int
    direction: str
    tone: str
    title: str
    text: str
    summary: str


class Ladder(NamedTuple):
    lanes: list[str]
    rungs: list[Rung]

    @property
    def columns(self) -> int:
        return 2 * len(self.lanes)


def ladder(messages: Sequence[TracedMessage]) -> Ladder:
    """The first party to be heard of is on the left, we are beside it."""
    parties = list(dict.fromkeys(message.remote for message in messages))
    lanes = [*parties[:1], US, *parties[1:]]
    return Ladder(lanes, [_rung(message, lanes) for message in messages])


def _rung(message: TracedMessage, lanes: list[str]) -> Rung:
    us, other = lanes.index(US), lanes.index(message.remote)
    source, destination = (us, other) if message.sent else (other, us)
    text = bytes(message.message).decode("utf-8", "backslashreplace").replace("\r\n", "\n")
    title, tone = _title(text)
    return Rung(
        at=f"{message.at:%H:%M:%S.%f}"[:-3],
        first=2 * min(source, destination) + 2,
        last=2 * max(source, destination) + 2,
        direction="right" if destination > source else "left",
        tone=tone,
        title=title,
        text=text,
        summary=f"{lanes[source]} to {lanes[destination]}, {message.transport}",
    )


def _title(text: str) -> tuple[str, str]:
    """`SUBSCRIBE 3`, `200 (NOTIFY 7)`: start line and CSeq in short."""
    lines = text.split("\n")
    cseq = next((line.partition(":")[2].strip() for line in lines if line.lower().startswith("cseq:")), "")
    number, _, method = cseq.partition(" ")
    if lines[0].startswith("SIP/2.0 "):
        status = lines[0].split(" ", 2)[1]
        return f"{status} ({method} {number})", "good" if status[0] in "12" else "bad"
    state = next((line for line in lines if line.lower().startswith("subscription-state:")), "")
    more = state.partition(":")[2].strip().partition(";")[0]
    return " ".join(filter(None, (method or lines[0].split(" ")[0], number, more))), "one"


def as_text(messages: Iterable[TracedMessage]) -> str:
    """All messages one after another, with time and direction."""
    return "".join(
        f"---- {message.at.isoformat()} {message.local} {'->' if message.sent else '<-'} {message.remote} "
        f"{message.transport}\n{bytes(message.message).decode('utf-8', 'backslashreplace')}\n"
        for message in messages
    )
