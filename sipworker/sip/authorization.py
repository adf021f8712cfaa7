"""What a challenged client sends with its next try (RFC 3261 section 22)."""

from __future__ import annotations

import secrets

from rls.domain.digest import answer
from sipworker.sip.message import Response

Credentials = tuple[str, str]
"""User name and password."""


def authorization(challenge: Response, method: str, uri: str, credentials: Credentials) -> str:
    """The header line that answers a 401 or 407; "" if no challenge in it can be answered."""
    asked, given = "www-authenticate", "Authorization"
    if challenge.status == 407:
        asked, given = "proxy-authenticate", "Proxy-Authorization"
    value = answer(
        challenge.rows(asked),
        method=method,
        uri=uri,
        username=credentials[0],
        password=credentials[1],
        cnonce=secrets.token_hex(8),
    )
    return f"{given}: {value}\r\n" if value else ""
