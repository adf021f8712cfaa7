"""What a state document says, in the few words that people use for it."""

from dataclasses import dataclass
from typing import Literal

from rls.domain import states

Tone = Literal["good", "busy", "attention", "quiet", "bad"]

_TONES: dict[str, Tone] = {"open": "good", "idle": "good", "unreadable": "bad"}
_OCCUPIED = {"on-the-phone", "busy", "meeting", "presentation", "performance"}


@dataclass(frozen=True, slots=True)
class Summary:
    """`state`: a word or two; `note`: what the user says, or whom a call is with; `tone`: how good it is."""

    state: str
    note: str = ""
    tone: Tone = "quiet"


def summarize(content_type: str, body: bytes) -> Summary:
    """PIDF with RPID and dialog-info in words, every other type by its name."""
    said = states.read(content_type, body)
    if said.dialogs:
        return _call(said.dialogs[0])
    if said.state == "terminated":
        return Summary("idle", tone="good")
    activities = (activity.replace("-", " ") for activity in said.activities)
    note = " · ".join(filter(None, (*activities, said.note)))
    occupied = said.state == "open" and not _OCCUPIED.isdisjoint(said.activities)
    return Summary(said.state, note, "attention" if occupied else _TONES.get(said.state, "quiet"))


def _call(dialog: states.DialogState) -> Summary:
    """The dialog that matters most (RFC 4235 section 3.7.1), as a lamp would show it."""
    if dialog.state == "confirmed":
        return Summary("in a call", dialog.note, "busy")
    return Summary("ringing" if dialog.incoming else "calling", dialog.note, "attention")
