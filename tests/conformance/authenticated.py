"""Answers to a Digest challenge, by hashlib."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from tests.conformance.situations import Peers, Situation
from tests.live.rig.database import PASSWORD
from tests.live.rig.message import Message

HASHES = {"SHA-256": "sha256", "MD5": "md5"}
Change = Callable[[str], str]


def same(nonce: str) -> str:
    return nonce


def forged(nonce: str) -> str:
    """Ours but for the last character of its seal."""
    return nonce[:-1] + ("A" if nonce[-1] != "A" else "B")


def credentials(
    challenge: Message,
    user: str,
    uri: str,
    method: str = "SUBSCRIBE",
    algorithm: str = "MD5",
    count: int = 1,
    password: str = PASSWORD,
    change: Change = same,
) -> str:
    """The Authorization that answers one challenge of a 401 (RFC 7616, RFC 8760); `change` its nonce."""

    def digest(text: str) -> str:
        return hashlib.new(HASHES[algorithm], text.encode(), usedforsecurity=False).hexdigest()

    given = next(row for row in challenge.rows("WWW-Authenticate") if f"algorithm={algorithm}" in row)
    values = dict(re.findall(r'(\w+)="([^"]*)"', given))
    name, realm, nonce = user.removeprefix("sip:").partition("@")[0], values["realm"], change(values["nonce"])
    a1, a2 = digest(f"{name}:{realm}:{password}"), digest(f"{method}:{uri}")
    response = digest(f"{a1}:{nonce}:{count:08x}:c0ffee:auth:{a2}")
    return (
        f'Authorization: Digest username="{name}",realm="{realm}",nonce="{nonce}",uri="{uri}",'
        f'algorithm={algorithm},qop=auth,nc={count:08x},cnonce="c0ffee",response="{response}"'
    )


def by_another_users_password(peers: Peers) -> Message:
    """Mallory proves to be Mallory, and says to be Alice."""
    call = peers.call()
    challenge = call.subscribe()
    assert challenge.status == 401
    mallory = f"sip:mallory@{peers.subject.domain}"
    return call.subscribe(3600, [*call.headers, credentials(challenge, mallory, call.target)])


def unproven(name: str = "alice", password: str = PASSWORD, change: Change = same) -> Situation:
    """Credentials that are not merely stale: the user has to be asked again (RFC 7616 section 3.3)."""

    def situation(peers: Peers) -> Message:
        peers.phone.user = f"sip:{name}@{peers.subject.domain}"
        call = peers.call()
        answer = credentials(
            call.subscribe(), peers.phone.user, call.target, password=password, change=change
        )
        reply = call.subscribe(3600, [*call.headers, answer])
        assert not any("stale=true" in row for row in reply.rows("WWW-Authenticate"))
        assert not call.notifies
        return reply

    return situation
