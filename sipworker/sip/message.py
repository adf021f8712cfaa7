"""The message layer's front: read, build, answer (the parts: structure, parse, response)."""

from sipworker.sip.grammar import MalformedMessage
from sipworker.sip.parse import parse
from sipworker.sip.response import REASONS, response, with_received
from sipworker.sip.structure import Headers, Message, Request, Response

__all__ = [
    "REASONS",
    "Headers",
    "MalformedMessage",
    "Message",
    "Request",
    "Response",
    "parse",
    "response",
    "with_received",
]
