"""State documents of demo contacts: PIDF with RPID activities (RFC 3863, 4480), dialog-info (RFC 4235)."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from sipworker.demo.life import Call, Moment

PIDF = "application/pidf+xml"
DIALOG_INFO = "application/dialog-info+xml"


def pidf(entity: str, moment: Moment) -> bytes:
    """`entity` is the contact's SIP URI."""
    user = entity.partition(":")[2].partition("@")[0]
    note = f"\n  <note>{escape(moment.note)}</note>" if moment.note else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"
  xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity={quoteattr(entity)}>
  <tuple id="phone">
    <status><basic>{moment.basic}</basic></status>
    <contact>{escape(entity)}</contact>
  </tuple>{note}{_person(user, moment.activity)}
</presence>
""".encode()


def _person(user: str, activity: str) -> str:
    if not activity:
        return ""
    activities = f"<rpid:activities><rpid:{activity}/></rpid:activities>"
    return f"\n  <dm:person id={quoteattr(user)}>{activities}</dm:person>"


def dialog_info(entity: str, moment: Moment, version: int) -> bytes:
    """Full state; `version` counts the documents of one subscription (RFC 4235 section 4.1)."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="{version}" state="full" \
entity={quoteattr(entity)}>{_dialog(moment.call)}
</dialog-info>
""".encode()


def _dialog(call: Call | None) -> str:
    if call is None:
        return ""
    return f"""
  <dialog id={quoteattr(call.id)} direction="{call.direction}">
    <state>{call.state}</state>
    <remote><identity>{escape(call.peer)}</identity></remote>
  </dialog>"""
