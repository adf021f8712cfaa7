"""Document selectors: request targets down to the file name (RFC 4825 section 6.2)."""

import re
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import quote, unquote

ROOT: Final = "/xcap-root/"
_SEPARATOR: Final = "~~"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ABSOLUTE_FORM = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_SCHEME = re.compile(r"sips?:", re.IGNORECASE)
_UNESCAPED_IN_PATH = ":@!$&'()*+,;=~"


class InvalidSelector(ValueError):
    """The target names nothing; `status` is the answer that RFC 4825 section 8 gives to it."""

    def __init__(self, phrase: str, status: int = 404) -> None:
        super().__init__(phrase)
        self.status = status


@dataclass(frozen=True, slots=True)
class Xui:
    """XCAP user identifier: the user whose tree it is."""

    username: str
    domain: str

    @classmethod
    def parse(cls, text: str, default_domain: str) -> Self:
        """From `sip:a@b`, `a@b` or the bare `a` that old clients send. Raises InvalidSelector."""
        address = _SCHEME.sub("", text, count=1) if _SCHEME.match(text) else text
        username, at, domain = address.rpartition("@")
        if not at:
            username, domain = address, default_domain
        if not username or not domain:
            raise InvalidSelector(f"{text!r} names no user")
        # Not of other letters: some become ASCII in lower case, such as the Kelvin sign.
        return cls(username, domain.lower() if domain.isascii() else domain)

    @classmethod
    def of_row(cls, username: str, domain: str) -> Self | None:
        """The user of a row; None for a global document, whose columns are empty."""
        return cls(username, domain) if username or domain else None

    def __str__(self) -> str:
        return f"sip:{self.username}@{self.domain}"


@dataclass(frozen=True, slots=True)
class DocumentSelector:
    """Which document: application, owner (None in the global tree) and the path below."""

    auid: str
    owner: Xui | None
    path: str

    @property
    def tree(self) -> dict[str, str]:
        """The columns of the owner in a row, empty for the global tree."""
        owner = self.owner
        return {"username": owner.username if owner else "", "domain": owner.domain if owner else ""}

    @property
    def directory(self) -> str:
        """The sub-directory that the document is in, "" for none."""
        return self.path.rpartition("/")[0]

    def relative(self) -> str:
        """The document's URI relative to the XCAP root, percent-encoded."""
        return self.home() + quote(self.path, f"{_UNESCAPED_IN_PATH}/")

    def home(self) -> str:
        """The directory of the tree, below the root and percent-encoded, with its final slash."""
        tree = f"users/{quote(str(self.owner), _UNESCAPED_IN_PATH)}" if self.owner else "global"
        return f"{self.auid}/{tree}/"


@dataclass(frozen=True, slots=True)
class Target:
    """A whole request target: the document, the decoded node selector in it, the raw query."""

    document: DocumentSelector
    node: str | None
    query: str


def tree_name(owner: Xui | None) -> str:
    """The tree in words: `users/` and who it is, or `global`."""
    return f"users/{owner}" if owner else "global"


def parse_target(target: str, *, default_domain: str, root: str = ROOT) -> Target:
    """Take the request target apart as it came over the wire, so that `%2F` does not split.

    Origin form or absolute form. Raises InvalidSelector.
    """
    path, _, query = origin_form(target).partition("?")
    segments = _below(root, path.split("/"))
    decoded = [_decode(segment) for segment in segments]
    node = None
    if _SEPARATOR in decoded:
        first = decoded.index(_SEPARATOR)
        node = "/".join(decoded[first + 1 :])
        segments, decoded = segments[:first], decoded[:first]
    return Target(_document_selector(decoded, default_domain), node, query)


def segments_of(path: str) -> list[str]:
    """The decoded segments of a path. Raises InvalidSelector."""
    return [_decode(segment) for segment in path.split("/")]


def origin_form(target: str) -> str:
    """The target without `http://host`, which clients behind a proxy send (RFC 9112 section 3.2.2)."""
    return _ABSOLUTE_FORM.sub("", target, count=1)


def _below(root: str, segments: list[str]) -> list[str]:
    expected = root.rstrip("/").split("/")
    if [_decode(segment) for segment in segments[: len(expected)]] != expected:
        raise InvalidSelector(f"not below {root}")
    return segments[len(expected) :]


def _document_selector(segments: list[str], default_domain: str) -> DocumentSelector:
    match segments:
        case [auid, "users", xui, *path] if path:
            return DocumentSelector(auid, Xui.parse(xui, default_domain), _path(path))
        case [auid, "global", *path] if path:
            return DocumentSelector(auid, None, _path(path))
    raise InvalidSelector("no document: expected AUID/users/XUI/name or AUID/global/name")


def _path(segments: list[str]) -> str:
    for segment in segments:
        # An encoded slash would make a name look like a directory once it is stored.
        if segment in ("", ".", "..") or "/" in segment:
            raise InvalidSelector(f"{segment!r} is no name of a document")
    return "/".join(segments)


def _decode(segment: str) -> str:
    try:
        text = unquote(segment, errors="strict")
    except UnicodeDecodeError as error:
        raise InvalidSelector("the escapes of the URI are not UTF-8", status=400) from error
    if _CONTROL.search(text):
        raise InvalidSelector("control characters in the URI", status=400)
    return text
