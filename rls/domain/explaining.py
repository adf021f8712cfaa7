"""State documents in sentences: PIDF (RFC 3863, 4479, 4480) and dialog-info (RFC 4235)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree

from rls.domain import multipart, xmlinput

Fact = tuple[str, str]
"""Who or what, and what is said of it."""

_BASIC = {"open": "can be reached", "closed": "cannot be reached"}
_DIALOG = {
    "trying": ("is being called by", "has dialled"),
    "proceeding": ("is being called by", "is calling"),
    "early": ("is ringing, called by", "is calling, and it rings at"),
    "confirmed": ("is in a call, called by", "is in a call with"),
    "terminated": ("has ended a call from", "has ended a call to"),
}
"""By the state: when the resource was called, and when it calls."""


def explain(content_type: str, body: bytes) -> list[Fact]:
    """Empty for types that nobody explains, and for what cannot be read."""
    kind, _ = multipart.media_type(content_type)
    reader = _READERS.get(kind)
    try:
        return [] if reader is None else list(reader(xmlinput.parse(body)))
    except xmlinput.MalformedXml:
        return []


def _presence(root: etree._Element) -> Iterator[Fact]:
    for each in root.iterfind("{*}tuple"):
        basic = _found(each, "{*}status/{*}basic").lower()
        address = _found(each, "{*}contact")
        said = _BASIC.get(basic, f"status {basic}" if basic else "says nothing of being reached")
        yield f"Device {each.get('id', '')}", said + (f" at {address}" if address else "") + _since(each)
    for person in root.iterfind("{*}person"):
        doing = [etree.QName(each).localname.replace("-", " ") for each in person.iterfind("{*}activities/*")]
        if doing := [activity for activity in doing if activity != "note"]:
            yield "Person", ", ".join(doing) + _since(person)
    for note in root.iter("{*}note"):
        if text := _text(note):
            yield "Note", text


def _since(element: etree._Element) -> str:
    moment = _found(element, "{*}timestamp")
    return f", since {moment}" if moment else ""


def _dialogs(root: etree._Element) -> Iterator[Fact]:
    partial = root.get("state") == "partial"
    yield (
        "Document",
        f"version {root.get('version', '?')}, " + ("what changed only" if partial else "everything"),
    )
    dialogs = list(root.iterfind("{*}dialog"))
    for each in dialogs:
        yield f"Dialog {each.get('id', '')}", _call(each)
    if not dialogs and not partial:
        yield "Calls", "none"


def _call(dialog: etree._Element) -> str:
    state = _found(dialog, "{*}state").lower()
    called, calls = _DIALOG.get(state, (f"is {state or 'in an unknown state'} with",) * 2)
    remote = dialog.find("{*}remote/{*}identity")
    name, uri = ("", "") if remote is None else (remote.get("display") or "", _text(remote))
    whom = f"{name} ({uri})" if name and uri else name or uri or "somebody unnamed"
    seconds = _found(dialog, "{*}duration")
    words = f"{called if dialog.get('direction') == 'recipient' else calls} {whom}"
    return words + (f", for {seconds} s" if seconds else "")


def _found(element: etree._Element, path: str) -> str:
    found = element.find(path)
    return "" if found is None else _text(found)


def _text(element: etree._Element) -> str:
    return " ".join((element.text or "").split())


_READERS: dict[str, Callable[[etree._Element], Iterator[Fact]]] = {
    "application/pidf+xml": _presence,
    "application/dialog-info+xml": _dialogs,
}
