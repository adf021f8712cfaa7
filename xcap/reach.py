"""Whose documents the lists of a user may refer to."""

from xcap.selectors import Xui


def may_refer(owner: Xui | None, target: Xui | None, whose: str) -> bool:
    """Whether a list of `owner` may lead into a document of `target`; `whose` is RLS_ENTRY_REFS.

    Either is None for the global tree: everybody reads it, and super users, who read everything, write it.
    """
    if whose == "anyone" or owner is None or target in (owner, None):
        return True
    return whose == "domain" and target is not None and target.domain == owner.domain
