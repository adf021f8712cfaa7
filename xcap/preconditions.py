"""If-Match and If-None-Match (RFC 9110 section 13.1), on the entity tag of the document."""

import re
from dataclasses import dataclass

_TAG = re.compile(r'\s*(?:(?P<weak>W/)?"(?P<quoted>[^"]*)"|(?P<bare>[^\s,"]+))\s*(?:,|\Z)')


@dataclass(frozen=True, slots=True)
class Preconditions:
    """Header values, None where the header is absent."""

    if_match: str | None = None
    if_none_match: str | None = None

    def hold(self, etag: str | None) -> bool:
        """Whether a document with this tag (None: there is no document) may be answered or changed."""
        return self.expects(etag) and not self.excludes(etag)

    def expects(self, etag: str | None) -> bool:
        """If-Match: compared strongly, so that a weak tag never matches."""
        return self.if_match is None or _covers(self.if_match, etag, weak=False)

    def excludes(self, etag: str | None) -> bool:
        """If-None-Match: compared weakly."""
        return self.if_none_match is not None and _covers(self.if_none_match, etag, weak=True)


def _covers(value: str, etag: str | None, *, weak: bool) -> bool:
    if etag is None:
        return False
    if value.strip() == "*":
        return True
    # Old clients send the tag without its quotes.
    tags = (tag["quoted"] or tag["bare"] for tag in _TAG.finditer(value) if weak or not tag["weak"])
    return etag in tags


ALWAYS = Preconditions()
