"""Answers to a Digest challenge, by hashlib."""

from __future__ import annotations

import hashlib
import re

from tests.conformance.situations import Peers
from tests.live.rig.database import PASSWORD
from tests.live.rig.message import Message


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def credentials(challenge: Message, user: str, uri: str, method: str = "SUBSCRIBE") -> str:
    """The Authorization that answers the MD5 challenge of a 401 (RFC 7616)."""
    given = next(row for row in challenge.rows("WWW-Authenticate") if "SHA" not in row)
    values = dict(re.findall(r'(\w+)="([^"]*)"', given))
    name, realm, nonce = user.removeprefix("sip:").partition("@")[0], values["realm"], values["nonce"]
    a1, a2 = _md5(f"{name}:{realm}:{PASSWORD}"), _md5(f"{method}:{uri}")
    response = _md5(f"{a1}:{nonce}:00000001:c0ffee:auth:{a2}")
    return (
        f'Authorization: Digest username="{name}",realm="{realm}",nonce="{nonce}",uri="{uri}",'
        f'algorithm=MD5,qop=auth,nc=00000001,cnonce="c0ffee",response="{response}"'
    )


def by_another_users_password(peers: Peers) -> Message:
    """Mallory proves to be Mallory, and says to be Alice."""
    call = peers.call()
    challenge = call.subscribe()
    assert challenge.status == 401
    mallory = f"sip:mallory@{peers.subject.domain}"
    return call.subscribe(3600, [*call.headers, credentials(challenge, mallory, call.target)])
