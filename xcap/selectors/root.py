"""Our XCAP root as URIs in documents name it."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from xcap.selectors.document import ROOT, InvalidSelector, Target, parse_target


@dataclass(frozen=True, slots=True)
class XcapRoot:
    """Tells our own absolute URIs from foreign ones; `serves` says which host names are ours."""

    serves: Callable[[str], bool]
    default_domain: str

    def absolute(self, uri: str) -> Target:
        """What an absolute HTTP URI selects. Raises InvalidSelector for a foreign one."""
        host = http_host(uri)
        if host is None:
            raise InvalidSelector(f"{uri!r} is not an absolute HTTP URI")
        if not self.serves(host):
            raise InvalidSelector(f"{uri!r} is not below the XCAP root of this server")
        return parse_target(uri, default_domain=self.default_domain)

    def relative(self, reference: str) -> Target:
        """What a relative-path reference selects, resolved against the root (RFC 4826 section 3.1)."""
        return parse_target(ROOT + reference, default_domain=self.default_domain)


def http_host(uri: str) -> str | None:
    """Host of an absolute HTTP or HTTPS URI, an IPv6 address in its brackets; None if it is not one."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
