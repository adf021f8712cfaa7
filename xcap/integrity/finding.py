"""One thing that is wrong, and what to do about it."""

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal[
    "malformed",
    "dangling-list",
    "dangling-entry",
    "dangling-external",
    "no-list",
    "too-long",
    "unreachable-service",
    "duplicate-entry",
    "no-uri",
    "not-sip",
    "no-subscriber",
]

ADVICE: Final[dict[Kind, str]] = {
    "malformed": "Restore an older version in the document's history, or put a valid document.",
    "dangling-list": "Create the list it points to, or point the service to a list that exists.",
    "dangling-entry": "Create the entry it refers to, or remove the reference.",
    "dangling-external": "Create the list it refers to, or remove the reference; only lists of the same "
    "user below this server's XCAP root are followed.",
    "no-list": "Give the service a <list> or a <resource-list>.",
    "too-long": "Split the list, or raise RLS_LIST_LIMIT.",
    "unreachable-service": "Write the document again with a change (in the admin or over XCAP), "
    "under the file name index.",
    "duplicate-entry": "Remove one of them; a subscriber gets the first only.",
    "no-uri": "Give the entry a URI, or remove it; subscribers do not get it.",
    "not-sip": "Write it as sip:name@domain; entries of other schemes are left out of subscriptions.",
    "no-subscriber": "Create the subscriber, or delete the document: nobody can change it over XCAP.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`where` is the list or service in the document, "" for the document as a whole."""

    kind: Kind
    where: str
    problem: str

    @property
    def advice(self) -> str:
        return ADVICE[self.kind]
