"""What the server must know of one kind of document (RFC 4825 section 5)."""

import re
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from xcap.documents.constraints import Constraint, Uniqueness
from xcap.selectors import DocumentSelector

ONE_FILE: Final = re.compile("[^/]+")
INDEX: Final = re.compile("index")

Validation = Literal["strict", "lax"]
Readers = Literal["owner", "users", "everyone"]


class Refreshes(NamedTuple):
    """What a presence server looks at anew when a document changes, in the words of OpenSIPS: `kind` 0 is who
    may watch in this event package, 1 the state."""

    event: str
    kind: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationUsage:
    """One application usage.

    `namespace` is that of unprefixed names in node selectors, `root` the expanded name of the root element,
    `doc_type` the number in the `xcap` table, 0 if nothing is stored. `schemas` are files, relative ones in
    `xcap/schemas/`; `lax` spares documents the schema. `files` and `global_files` are the paths that may
    exist below a user and below `global`, None where that tree has none. Global documents are computed
    (`computes_global`) or put by super users; `trusted_global` keeps reading to these, too. `max_bytes` and
    `max_documents` (per user) are quotas, 0 for none of its own. `refreshes`: what a presence server is told.
    """

    auid: str
    media_type: str
    namespace: str
    root: str
    doc_type: int = 0
    schemas: tuple[str, ...] = ()
    files: re.Pattern[str] | None = ONE_FILE
    global_files: re.Pattern[str] | None = ONE_FILE
    computes_global: bool = False
    readers: Readers = "owner"
    trusted_global: bool = False
    validation: Validation = "strict"
    max_bytes: int = 0
    max_documents: int = 0
    uniqueness: tuple[Uniqueness, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    refreshes: Refreshes | None = None

    def names(self, document: DocumentSelector) -> bool:
        """Whether a document may exist there."""
        files = self.files if document.owner else self.global_files
        return files is not None and files.fullmatch(document.path) is not None

    def stores(self, document: DocumentSelector) -> bool:
        """Whether documents there are put, and not computed."""
        if document.owner is None and (self.computes_global or self.global_files is None):
            return False
        return self.doc_type != 0

    def shows_others(self, *, known: bool) -> bool:
        """Whether others than the owner read documents; `known`: it is certain who they are."""
        return self.readers == "everyone" or (self.readers == "users" and known)

    def limit(self, general: int) -> int:
        """The largest document in bytes, where `general` is the limit for all usages."""
        return min(self.max_bytes or general, general)
