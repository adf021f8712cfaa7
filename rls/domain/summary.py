"""What a state document says, in the few words that people use for it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from lxml import etree

from rls.domain import xmlinput

Tone = Literal["good", "busy", "attention", "quiet", "bad"]

_PIDF = "{urn:ietf:params:xml:ns:pidf}"
_PERSON = "{urn:ietf:params:xml:ns:pidf:data-model}"
_RPID = "{urn:ietf:params:xml:ns:pidf:rpid}"
_DIALOG = "{urn:ietf:params:xml:ns:dialog-info}"


@dataclass(frozen=True, slots=True)
class Summary:
    """`state`: a word or two; `note`: what the user says, or whom a call is with; `tone`: how good it is."""

    state: str
    note: str = ""
    tone: Tone = "quiet"


def summarize(content_type: str, body: bytes) -> Summary:
    """PIDF (RFC 3863, with RPID) and dialog-info (RFC 4235) in words, every other type by its name."""
    media_type = content_type.partition(";")[0].strip().lower()
    read = _READERS.get(media_type)
    if read is None:
        return Summary(media_type or "no state", f"{len(body)} bytes" if body else "")
    try:
        return read(xmlinput.parse(body))
    except xmlinput.MalformedXml:
        return Summary("unreadable", media_type, "bad")


def _presence(root: etree._Element) -> Summary:
    """Open if any tuple is (RFC 3863 section 4.1.4); with RPID's activity and the first note."""
    basics = {(basic.text or "").strip() for basic in root.iter(f"{_PIDF}basic")}
    activity = _activity(root)
    said = _first_text(root.iter(f"{_PERSON}note", f"{_RPID}note", f"{_PIDF}note"))
    note = " · ".join(filter(None, (activity, said)))
    if "open" in basics:
        return Summary("open", note, "attention" if activity in _BUSY else "good")
    return Summary("closed" if "closed" in basics else "unknown", note)


_BUSY = {"on the phone", "busy", "meeting", "in transit", "presentation", "performance"}


def _activity(root: etree._Element) -> str:
    for activities in root.iter(f"{_RPID}activities"):
        for activity in activities.iterchildren(f"{_RPID}*"):
            name = etree.QName(activity).localname
            if name != "note":
                return name.replace("-", " ")
    return ""


def _first_text(elements: Iterable[etree._Element]) -> str:
    return next((text for element in elements if (text := " ".join("".join(element.itertext()).split()))), "")


def _dialog(root: etree._Element) -> Summary:
    """The dialog that matters most: a call, then one that rings, then one being made."""
    calls = [_call(dialog) for dialog in root.iter(f"{_DIALOG}dialog")]
    return min(calls, key=lambda call: _URGENCY[call.state], default=_IDLE)


_IDLE = Summary("idle", tone="good")
_URGENCY = {"in a call": 0, "ringing": 1, "calling": 2, "idle": 3}


def _call(dialog: etree._Element) -> Summary:
    state = (dialog.findtext(f"{_DIALOG}state") or "").strip()
    peer = dialog.findtext(f"{_DIALOG}remote/{_DIALOG}identity") or ""
    if state == "confirmed":
        return Summary("in a call", peer.strip(), "busy")
    if state not in ("trying", "proceeding", "early"):
        return _IDLE
    word = "ringing" if dialog.get("direction") == "recipient" else "calling"
    return Summary(word, peer.strip(), "attention")


_READERS: dict[str, Callable[[etree._Element], Summary]] = {
    "application/pidf+xml": _presence,
    "application/dialog-info+xml": _dialog,
}
