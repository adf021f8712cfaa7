"""Users who may authenticate, out of the table `subscriber`."""

import re
from collections.abc import Iterator
from typing import Final

from rls.models import Subscriber
from xcap.peers.event import Event
from xcap.peers.tables import PeerDatabase, Row

NEEDED: Final = ("username", "domain")
OPTIONAL: Final = ("password", "ha1", "ha1_sha256")
_MD5: Final = re.compile("[0-9a-f]{32}")
_SHA256: Final = re.compile("[0-9a-f]{64}")


def take_subscribers(database: PeerDatabase) -> Iterator[Event]:
    """Create those who are not there; who is there keeps the password of this server."""
    for row in database.rows("subscriber", NEEDED, OPTIONAL):
        username, domain = str(row["username"] or ""), str(row["domain"] or "").lower()
        what = f"subscriber {username}@{domain}"
        if not username or not domain:
            yield Event("!", what, "it has no user name or no domain")
        elif Subscriber.objects.filter(username=username, domain=domain).exists():
            yield Event("=", what)
        else:
            yield _create(row, username, domain, what)


def _create(row: Row, username: str, domain: str, what: str) -> Event:
    subscriber = Subscriber(username=username, domain=domain)
    ha1 = str(row.get("ha1") or "").lower()
    sha256 = str(row.get("ha1_sha256") or "").lower()
    note = ""
    if row.get("password"):
        subscriber.set_password(str(row["password"]))
    elif _MD5.fullmatch(ha1):
        subscriber.ha1_md5 = ha1
        subscriber.ha1_sha256 = sha256 if _SHA256.fullmatch(sha256) else ""
        note = "" if subscriber.ha1_sha256 else "by MD5 only, until its password is set again"
    else:
        return Event("!", what, "it has neither a password nor an HA1")
    subscriber.save()
    return Event("+", what, note)
