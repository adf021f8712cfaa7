"""Rows as a busy server has them: people watch teams, phones ring, some back ends refuse."""

from __future__ import annotations

import time
from datetime import timedelta

from django.utils import timezone

from rls import demo
from rls.models import (
    Change,
    CompatibilityProfile,
    OutboxEntry,
    Presentity,
    Subscriber,
    Tick,
    Watcher,
    Worker,
)

DOMAIN = demo.DOMAIN
NAMES = (*demo.SUBSCRIBERS, *demo.TEAM[:26])
TEAMS = ("sales", "support", "team", "reception", "warehouse")
AGENTS = (
    "Yealink SIP-T54W 96.86.0.100",
    "snomD785/10.1.184.14",
    "Blink 6.0.4 (Linux)",
    "Linphone/5.2.4 (belle-sip/5.3.72)",
)
FIRST_RESOURCE = 1000
_NOTES = ("", "In a meeting", "", "At lunch, back at two", "", "Working from home <today>")
_STATES = (2, 2, 2, 2, 4, 2, 2, 8, 2, 0)
_REASONS = {8: "rejected", 4: ""}
_CODES = {0: 0, 2: 200, 4: 202, 8: 403}


def pidf(user: str, basic: str, note: str = "", activity: str = "") -> bytes:
    escaped = note.replace("&", "&amp;").replace("<", "&lt;")
    person = f"<rpid:activities><rpid:{activity}/></rpid:activities>" if activity else ""
    person += f"<dm:note>{escaped}</dm:note>" if escaped else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" '
        f'xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="sip:{user}@{DOMAIN}">'
        f'<tuple id="t1"><status><basic>{basic}</basic></status></tuple>'
        f'<dm:person id="p1">{person}</dm:person></presence>'
    ).encode()


def dialog_info(user: str, state: str = "", direction: str = "recipient", peer: str = "") -> bytes:
    dialog = (
        f'<dialog id="d1" direction="{direction}"><state>{state}</state>'
        f"<remote><identity>{peer}</identity></remote></dialog>"
    )
    return (
        '<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="3" '
        f'state="full" entity="sip:{user}@{DOMAIN}">{dialog if state else ""}</dialog-info>'
    ).encode()


def watcher(number: int, now: int, **changed: object) -> Watcher:
    """The list subscription with this number, as it is stored; nothing is saved."""
    user, team = NAMES[number % len(NAMES)], TEAMS[number % len(TEAMS)]
    callid, from_tag, to_tag = (
        f"{number:05d}9f3c@192.0.2.{number % 250 + 1}",
        f"f{number:x}a7",
        f"t{number:x}c1",
    )
    address, port = f"192.0.2.{number % 250 + 1}", 5060 + number % 3
    values: dict[str, object] = {
        "presentity_uri": f"sip:{team}@{DOMAIN}",
        "to_user": team,
        "to_domain": DOMAIN if number % 7 else "branch.test",
        "watcher_username": user,
        "watcher_domain": DOMAIN,
        "event": "dialog" if number % 4 == 3 else "presence",
        "from_tag": from_tag,
        "to_tag": to_tag,
        "callid": callid,
        "local_cseq": 40 + number,
        "remote_cseq": 3,
        "contact": f"sip:{user}@{address}:{port}",
        "record_route": "<sip:proxy1.example.test;lr>, <sip:edge.example.test;transport=tcp;lr>",
        "expires": now + 45 + number * 53 % 3600,
        "status": (1, 1, 1, 1, 2)[number % 5],
        "version": 12 + number,
        "socket_info": "udp:192.0.2.10:5060",
        "local_contact": "sip:rls@192.0.2.10:5060",
        "owner": 1 + number % 2,
        "rlsubs_did": f"{callid};{from_tag};{to_tag}",
        "service_uri": f"sip:{team}@{DOMAIN}",
        "identity": f"sip:{user}@{DOMAIN}",
        "from_header": f"<sip:{user}@{DOMAIN}>",
        "to_header": f"<sip:{team}@{DOMAIN}>",
        "accept": "multipart/related, application/rlmi+xml, application/pidf+xml",
        "flow": f"udp 192.0.2.10:5060 {address}:{port}",
        "user_agent": AGENTS[number % len(AGENTS)],
        "settled": True,
        "created": now - 20 - number * 97,
        "told": now - 3 - number % 9,
    }
    return Watcher(id=number, **{**values, **changed})


def _body(event: str, user: str, number: int) -> bytes:
    peer = f"sip:{NAMES[(number + 5) % len(NAMES)]}@{DOMAIN}"
    if event == "dialog":
        state, direction = (("", ""), ("early", "recipient"), ("confirmed", "initiator"), ("", ""))[
            number % 4
        ]
        return dialog_info(user, state, direction, peer)
    basic = "closed" if number % 5 == 4 else "open"
    activity = "on-the-phone" if number % 9 == 1 else ""
    return pidf(user, basic, _NOTES[number % len(_NOTES)], activity)


def presentity(number: int, of: Watcher, position: int, now: int) -> Presentity:
    user = NAMES[(position + int(of.pk)) % len(NAMES)]
    state = _STATES[number % len(_STATES)]
    media = "application/dialog-info+xml" if of.event == "dialog" else "application/pidf+xml"
    return Presentity(
        id=FIRST_RESOURCE + number,
        rlsubs_did=of.rlsubs_did,
        resource_uri=f"sip:{user}@{DOMAIN}",
        content_type=media if state == 2 else "",
        presence_state=_body(of.event, user, number) if state == 2 else None,
        expires=now + 30 + number * 37 % 3600 if state in (2, 4) else 0,
        auth_state=state,
        reason=_REASONS.get(state, ""),
        watcher=of,
        instance=f"i{number:x}",
        position=position,
        be_callid=f"be{number:06x}@192.0.2.10",
        be_local_tag=f"l{number:x}",
        be_remote_tag=f"r{number:x}",
        be_target=f"sip:{user}@198.51.100.7:5060",
        be_local_cseq=2,
        be_remote_cseq=17,
        be_request_uri=f"sip:{user}@{DOMAIN}",
        be_code=_CODES[state],
        changed=now - 40 * (number % 70) - 5 if state else 0,
    )


def fill(watchers: int = 60, resources: int = 6) -> None:
    """A server with so many list subscriptions of so many resources each, and work on its way."""
    now = int(time.time())
    rows = [watcher(number, now) for number in range(1, watchers + 1)]
    Watcher.objects.bulk_create(rows)
    pairs = [(of, position) for of in rows for position in range(resources)]
    Presentity.objects.bulk_create(
        presentity(number, of, position, now) for number, (of, position) in enumerate(pairs)
    )
    OutboxEntry.objects.bulk_create(
        OutboxEntry(
            owner=of.owner, watcher=of, cseq=90, version=31, kind="FP"[of.pk % 2], row_ids=[1000, 1001]
        )
        for of in rows[: watchers // 2]
    )
    Change.objects.bulk_create(
        Change(owner=1, slice=number % 10, watcher_ids=[1, 1, 2], row_ids=[1000, 1001, 1007])
        for number in range(watchers // 2)
    )
    workers(watchers, watchers * resources)
    Subscriber.objects.bulk_create(
        Subscriber(username=name, domain=DOMAIN, ha1_md5="5" * 32, ha1_sha256="6" * 64) for name in NAMES
    )
    # That of the migrations is gone after a test with transactions of its own: it leaves an empty database.
    CompatibilityProfile.objects.get_or_create(name="Yealink (BLF list)", user_agents="Yealink*")


def workers(watchers: int, back_ends: int) -> None:
    """Two live workers and a tick half a second ago."""
    now = timezone.now()
    for number in (1, 2):
        Worker.objects.create(
            id=number,
            contact=f"sip:rls@192.0.2.{9 + number}:5060",
            started=now - timedelta(hours=5 * number),
            heartbeat=now,
            watchers=watchers // 2,
            back_ends=back_ends // 2,
        )
    Tick.objects.create(id=1, last=now, slot=17_000_000, by="celery")
