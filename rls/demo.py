"""Who takes part in the demo, and their lists. Everything here is public, passwords too."""

from __future__ import annotations

from collections.abc import Iterable

DOMAIN = "example.test"
PASSWORD = "demo-password"
ADMIN = "admin"
SUBSCRIBERS = ("alice", "bob", "claire", "tom")
_TEAM = """
anna ben carla david emma felix greta hugo ida jonas karin lukas maria nils olga paul quinn rosa
simon tara uwe vera willem xenia yusuf zoe adam bella cyril dora erik fiona gustav helen ivan judith
"""
TEAM = tuple(_TEAM.split())
"""Contacts without a subscriber's account."""

ALICE_LIST = f"sip:alice-list@{DOMAIN}"
TEAM_LIST = f"sip:team@{DOMAIN}"
TOM_LIST = f"sip:tom-list@{DOMAIN}"
BLF_LIST = f"sip:blf@{DOMAIN}"
CLAIRE_LIST = f"sip:claire-list@{DOMAIN}"
CONTACTS = (*SUBSCRIBERS, *TEAM)
"""Whose states the demo's presence agent knows from the start."""
PHONES = (
    ("alice", ALICE_LIST, "presence"),
    ("alice", TEAM_LIST, "presence"),
    ("tom", TOM_LIST, "presence"),
    ("tom", BLF_LIST, "dialog"),
    ("claire", CLAIRE_LIST, "presence"),
)
"""Phones that the demo runs: user, list, event package."""


def address(user: str) -> str:
    return f"sip:{user}@{DOMAIN}"


def alice_services(xcap_root: str) -> str:
    """Alice's rls-services document: a list inside it, and one in her resource-lists document."""
    document = f"{xcap_root}/resource-lists/users/{address('alice')}/index"
    team = f"{document}/~~/resource-lists/list%5b@name=%22team%22%5d"
    return _services(
        _service(ALICE_LIST, f"<list>{_entries(('bob', 'claire'))}</list>"),
        _service(TEAM_LIST, f"<resource-list>{team}</resource-list>"),
    )


def alice_lists() -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">
  <list name="team">
    <display-name>The team</display-name>{_entries(TEAM)}
  </list>
</resource-lists>
"""


def tom_services() -> str:
    """Tom also watches bob, and sees who of the office is on the phone (busy lamp field)."""
    office = ("alice", "bob", "claire", *TEAM[:9])
    return _services(
        _service(TOM_LIST, f"<list>{_entries(('bob',))}</list>"),
        _service(BLF_LIST, f"<list>{_entries(office)}</list>", ("dialog",)),
    )


def claire_services() -> str:
    friends = ("alice", "tom", *TEAM[20:30])
    return _services(_service(CLAIRE_LIST, f"<list>{_entries(friends)}</list>"))


def _services(*services: str) -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rls-services xmlns="urn:ietf:params:xml:ns:rls-services" xmlns:rl="urn:ietf:params:xml:ns:resource-lists">
{"".join(services)}</rls-services>
"""


def _service(uri: str, content: str, events: tuple[str, ...] = ("presence", "dialog")) -> str:
    packages = "".join(f"<package>{event}</package>" for event in events)
    return f'  <service uri="{uri}">\n    {content}\n    <packages>{packages}</packages>\n  </service>\n'


def _entries(users: Iterable[str]) -> str:
    return "".join(
        f'\n      <entry xmlns="urn:ietf:params:xml:ns:resource-lists" uri="{address(user)}">'
        f"<display-name>{user.capitalize()}</display-name></entry>"
        for user in users
    )
