"""Whose documents the lists of a user may refer to."""

from dataclasses import dataclass
from typing import Final

from rls.domain.lists import UnresolvableReference
from xcap.selectors import Xui

UNKNOWN: Final = Xui("", "")
"""The owner of a list of which nobody can tell whose it is."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Of the lists of `owner`; `whose` is RLS_ENTRY_REFS.

    Nobody (None) owns the global tree: everybody reads it, and super users, who read everything, write it.
    """

    owner: Xui | None
    whose: str

    def includes(self, other: Xui | None) -> bool:
        """Whether a list may lead into a document of that user."""
        if self.whose == "anyone" or self.owner is None or other in (self.owner, None):
            return True
        return self.whose == "domain" and other is not None and other.domain == self.owner.domain

    def check(self, reference: str, other: Xui | None) -> None:
        """Before anything is looked up, so that a refusal says nothing of what is there.

        Raises UnresolvableReference.
        """
        if not self.includes(other):
            raise UnresolvableReference(f"RLS_ENTRY_REFS={self.whose} does not allow {reference}")
