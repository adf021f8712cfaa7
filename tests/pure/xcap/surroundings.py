"""A server of example.test on which `sip:taken@example.test` is taken."""

from collections.abc import Sequence

import pytest
from lxml import etree

from xcap.documents.constraints import Surroundings
from xcap.documents.validation import validate
from xcap.errors import Conflict
from xcap.selectors import Xui
from xcap.selectors.root import XcapRoot
from xcap.usages import ApplicationUsage

RL = "urn:ietf:params:xml:ns:resource-lists"
RS = "urn:ietf:params:xml:ns:rls-services"


def _taken(uris: Sequence[str]) -> set[str]:
    return {uri for uri in uris if uri.startswith("sip:taken@")}


ALICE = Surroundings(
    Xui("alice", "example.test"), XcapRoot(lambda host: host == "xcap.example.test", "example.test"), _taken
)


def lists(content: str) -> bytes:
    return f'<resource-lists xmlns="{RL}" xmlns:x="urn:x">{content}</resource-lists>'.encode()


def services(content: str) -> bytes:
    return f'<rls-services xmlns="{RS}" xmlns:rl="{RL}" xmlns:x="urn:x">{content}</rls-services>'.encode()


def accepted(body: bytes, usage: ApplicationUsage) -> etree._Element:
    return validate(body, usage, ALICE)


def refusal(body: bytes, usage: ApplicationUsage) -> Conflict:
    with pytest.raises(Conflict) as refused:
        validate(body, usage, ALICE)
    return refused.value
