"""What a contact's state document says, for people: PIDF (RFC 3863, 4480) and dialog-info (RFC 4235).

Read leniently, by local names: one is to see what a server really sends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lxml import etree

from rls.domain import multipart, xmlinput

BY_URGENCY = ("confirmed", "early", "proceeding", "trying", "terminated")


@dataclass(frozen=True, slots=True)
class DialogState:
    """`incoming`: somebody calls the resource, whom `note` names."""

    id: str
    state: str
    note: str = ""
    incoming: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """`state` is basic for PIDF (open, closed), that of the most advanced dialog for dialog-info."""

    state: str
    note: str = ""
    activities: tuple[str, ...] = ()
    dialogs: tuple[DialogState, ...] = ()


def read(content_type: str, body: bytes, previous: Said | None = None) -> Said:
    """`previous` is what a partial dialog-info builds on. What cannot be read is said in `state`."""
    kind, _ = multipart.media_type(content_type)
    reader = _READERS.get(kind)
    if reader is None:
        return Said(f"{len(body)} bytes of {kind or 'no type'}")
    try:
        return reader(xmlinput.parse(body), previous)
    except xmlinput.MalformedXml as error:
        return Said("unreadable", str(error))


def _presence(root: etree._Element, previous: Said | None) -> Said:
    basics = [_text(basic).lower() for basic in root.iter("{*}basic")]
    state = "open" if "open" in basics else next(iter(basics), "no basic status")
    notes = (_text(note) for note in root.iter("{*}note"))
    activities = [etree.QName(each).localname for each in root.iterfind(".//{*}activities/*")]
    return Said(
        state,
        next(filter(None, notes), ""),
        tuple(activity for activity in activities if activity != "note"),
    )


def _dialogs(root: etree._Element, previous: Said | None) -> Said:
    known: dict[str, DialogState] = {}
    if root.get("state") == "partial" and previous is not None:
        known = {dialog.id: dialog for dialog in previous.dialogs}
    known |= {dialog.id: dialog for dialog in map(_dialog, root.iterfind("{*}dialog"))}
    ordered = sorted(known.values(), key=_urgency)
    if not ordered:
        return Said("idle")
    alive = tuple(dialog for dialog in ordered if dialog.state != "terminated")
    return replace(Said(ordered[0].state, ordered[0].note), dialogs=alive)


def _dialog(element: etree._Element) -> DialogState:
    remote = element.find("{*}remote/{*}identity")
    direction = {"initiator": "to", "recipient": "from"}.get(element.get("direction", ""), "with")
    note = "" if remote is None else f"{direction} {remote.get('display') or _text(remote)}"
    state = element.find("{*}state")
    name = "unknown" if state is None else _text(state).lower()
    return DialogState(element.get("id", ""), name, note, element.get("direction") == "recipient")


def _urgency(dialog: DialogState) -> int:
    return BY_URGENCY.index(dialog.state) if dialog.state in BY_URGENCY else len(BY_URGENCY)


def _text(element: etree._Element) -> str:
    return " ".join((element.text or "").split())


_READERS: dict[str, Callable[[etree._Element, Said | None], Said]] = {
    "application/pidf+xml": _presence,
    "application/dialog-info+xml": _dialogs,
}
