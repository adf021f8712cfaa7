"""Which requests in a dialog were taken lately, in one integer.

A retransmission is known by its branch (RFC 3261 section 17.2.3), also when a later request has overtaken
it. A server transaction for each NOTIFY of a back end would be the bigger part of a subscription: instead,
15 bits of the branches of the last four are kept, the latest lowest.
"""

from __future__ import annotations

from typing import Final

_KEPT: Final = 4
_BITS: Final = 15
_BRANCH: Final = (1 << _BITS) - 1
_ALL: Final = (1 << _KEPT * _BITS) - 1


def _mark(branch: str | None) -> int:
    """Never 0, which says that the request with that CSeq was not taken."""
    return hash(branch) % _BRANCH + 1


def taken_with(taken: int, steps: int, branch: str | None) -> int:
    """After a request whose CSeq is `steps` above the last one's."""
    return ((taken << min(steps, _KEPT) * _BITS) & _ALL) | _mark(branch)


def was_taken(taken: int, steps: int, branch: str | None) -> bool:
    """Whether a request whose CSeq is `steps` below the last one's is one of them again.

    Its transaction may have ended (Timer J): nobody waits for that answer any more, whichever it is.
    """
    return (taken >> steps * _BITS) & _BRANCH == _mark(branch)
