"""In whose name back ends are asked (RFC 4662 section 7.1), and what is kept from them (RFC 3323, 3325)."""

from __future__ import annotations

from rls.domain.uri import InvalidUri, SipUri
from sipworker.engine.options import WorkerOptions
from sipworker.engine.policy import aor
from sipworker.sip.message import Request

ANONYMOUS = "sip:anonymous@anonymous.invalid"
"""RFC 3323 section 4.1.1.3."""
HIDING = frozenset({"id", "user", "header", "session"})


def privacy_of(request: Request) -> str:
    """The privacy that is asked for, in lower case; "" for none."""
    wanted = {value.strip().lower() for row in request.rows("privacy") for value in row.split(";")}
    return ";".join(sorted(wanted & (HIDING | {"none", "critical"})))


def is_hidden(privacy: str) -> bool:
    return bool(privacy and HIDING.intersection(privacy.split(";")))


class BackEndIdentity:
    """`from_header` and `headers` are for the SUBSCRIBEs on behalf of a watcher.

    A presence server that is configured is in our trust domain, and so are our own domains; whoever
    DNS leads to is not.
    """

    def __init__(self, options: WorkerOptions) -> None:
        self._policy = options.backend_identity
        self._trusted = bool(options.presence_servers)
        self._domains = options.domains
        self._own = options.identity

    def from_header(self, identity: str, privacy: str) -> str:
        """Strangers of another domain see what is public, and who wants to be hidden is nobody (7.1.2)."""
        if self._policy == "own" or self._is_stranger(identity):
            return f"<{self._own}>"
        if is_hidden(privacy):
            return f'"Anonymous" <{ANONYMOUS}>'
        return f"<{identity}>"

    def headers(self, identity: str, privacy: str, resource: str) -> str:
        """P-Asserted-Identity, inside the trust domain only (RFC 3325 section 7, RFC 5876 section 4.1)."""
        if self._policy != "asserted" and not is_hidden(privacy):
            return ""
        if self._policy == "own" or self._is_stranger(identity) or not self._is_trusted(resource):
            return ""
        wish = f"Privacy: {privacy}\r\n" if privacy else ""
        return f"P-Asserted-Identity: <{identity}>\r\n{wish}"

    def _is_stranger(self, identity: str) -> bool:
        """Users of example.net are not strangers to lists.example.net."""
        domain = aor(identity).rpartition("@")[2]
        return bool(self._domains) and not any(
            ours == domain or ours.endswith(f".{domain}") for ours in self._domains
        )

    def _is_trusted(self, resource: str) -> bool:
        if self._trusted:
            return True
        try:
            return SipUri.parse(resource).host.lower() in self._domains
        except InvalidUri:
            return False
