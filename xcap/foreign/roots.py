"""The foreign XCAP roots that are configured: the only places that we fetch anything from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from xcap.selectors.document import InvalidSelector, Target, Xui, parse_target

_DEFAULT_PORTS = {"http": 80, "https": 443}
_IN_XUI = ":@!$&'()*+,;=~"


class InvalidRoot(ValueError):
    """The text is no XCAP root; the message says why, without a password."""


@dataclass(frozen=True, slots=True)
class Place:
    """A foreign document and, in `target`, the node that is meant in it."""

    url: str
    target: Target


@dataclass(frozen=True, slots=True)
class ForeignRoot:
    """`url` ends with a slash and names no user; `user` and `password` answer a Digest challenge."""

    url: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, text: str) -> ForeignRoot:
        """Raises InvalidRoot."""
        try:
            parts = urlsplit(text.strip())
            port = parts.port
        except ValueError as error:
            raise InvalidRoot(f"not a URL: {error}") from error
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
            raise InvalidRoot("it has to begin with http:// or https:// and a host")
        if parts.query or parts.fragment:
            raise InvalidRoot("it cannot have a query or fragment")
        address = _authority(parts.scheme, parts.hostname, port)
        url = f"{parts.scheme}://{address}{parts.path.rstrip('/')}/"
        return cls(url, unquote(parts.username or ""), unquote(parts.password or ""))

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    def user_index(self, user: Xui) -> str:
        """Where the list services of a user are (RFC 4826 section 4.4.7)."""
        return f"{self.url}rls-services/users/{quote(str(user), _IN_XUI)}/index"

    def global_service(self, uri: str) -> str:
        """Where one service is in the index of all users, which is too long to be fetched whole."""
        step = quote(f'service[@uri="{uri}"]', "@=:;")
        return f"{self.url}rls-services/global/index/~~/rls-services/{step}"

    def place(self, url: str) -> Place | None:
        """The document in an absolute URI and the node, None if it is not below this root.

        Raises InvalidSelector.
        """
        try:
            parts = urlsplit(url)
            address = _authority(parts.scheme, parts.hostname or "", parts.port)
        except ValueError:
            return None
        path = f"{parts.scheme}://{address}{parts.path}"
        if not path.startswith(self.url):
            return None
        return self.relative(path.removeprefix(self.url) + (f"?{parts.query}" if parts.query else ""))

    def relative(self, reference: str) -> Place:
        """What a relative reference means, resolved against the root. Raises InvalidSelector."""
        target = parse_target(f"/{reference}", default_domain="", root="/")
        return Place(self.url + target.document.relative(), target)


@dataclass(frozen=True, slots=True)
class Roots:
    """In the order in which they are asked."""

    all: tuple[ForeignRoot, ...] = ()

    @classmethod
    def parse(cls, texts: Iterable[str]) -> Roots:
        """Raises InvalidRoot."""
        return cls(tuple(map(ForeignRoot.parse, texts)))

    def of(self, url: str) -> ForeignRoot | None:
        """The root that a URL of ours is below."""
        return next((root for root in self.all if url.startswith(root.url)), None)

    def place(self, url: str) -> Place:
        """Raises InvalidSelector, also for what is below none of the roots."""
        for root in self.all:
            if (place := root.place(url)) is not None:
                return place
        raise InvalidSelector(f"{url!r} is not below an XCAP root that may be asked")


def _authority(scheme: str, host: str, port: int | None) -> str:
    host = f"[{host}]" if ":" in host else host
    return host if port in (None, _DEFAULT_PORTS.get(scheme)) else f"{host}:{port}"
