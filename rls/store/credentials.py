"""What users prove their identity by."""

from __future__ import annotations

from collections.abc import Collection

from rls.store.arrays import packed
from rls.store.asking import Asking, Query

User = tuple[str, str]
"""Username and realm."""
FIND = """
select s.username, s.domain, s.ha1_md5, s.ha1_sha256
  from unnest($1::text[], $2::text[]) u(username, domain) join rls_subscribers s using (username, domain)
"""


def secrets_of(users: Collection[User]) -> Asking[dict[User, dict[str, str]]]:
    """HA1 values by algorithm; the unknown are left out."""
    if not users:
        return {}
    names, realms = zip(*users, strict=True)
    rows = yield Query(FIND, (packed("text", names), packed("text", realms)))
    return {(name, realm): {"MD5": md5, "SHA-256": sha256} for name, realm, md5, sha256 in rows}
