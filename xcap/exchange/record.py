"""What a line of a table, or a card, says."""

import re
from dataclasses import dataclass
from typing import Final

from rls.domain.uri import request_uri_of, with_scheme

# What XML 1.0 can hold (section 2.2).
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of one list.

    `list_name` is a label of `xcap.documents.labels`, `line` where it stood in the file,
    `problem` why it cannot be taken ("" if it can).
    """

    user: str
    list_name: str
    uri: str
    display_name: str = ""
    line: int = 0
    problem: str = ""


def record(user: str, list_name: str, uri: str, display_name: str, line: int) -> Record:
    """A record with its texts trimmed and checked."""
    user, list_name, uri, display_name = (text.strip() for text in (user, list_name, uri, display_name))
    problem = _problem(user, list_name, uri, display_name)
    return Record(user, list_name, uri if problem else with_scheme(uri), display_name, line, problem)


def _problem(user: str, list_name: str, uri: str, display_name: str) -> str:
    if not user:
        return "no user is named, neither here nor for the whole file"
    if not list_name:
        return "no list is named, neither here nor for the whole file"
    if not uri:
        return "the URI is missing"
    if any(map(_NOT_XML.search, (list_name, uri, display_name))):
        return "it has control characters, which no list can hold"
    if not {"@", ":"} & set(uri) or request_uri_of(with_scheme(uri)) is None:
        return f"{uri!r} is not a SIP URI; write it as sip:name@domain"
    return ""
