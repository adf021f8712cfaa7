"""Malformed messages in the log."""

from __future__ import annotations

import logging

import pytest

from sipworker.engine.complaints import QUIET, SOURCES, Complaints
from sipworker.sip.flow import Flow
from sipworker.sip.message import MalformedMessage, Request
from tests.django.engine.phone import RLS
from tests.django.engine.rig import Rig


class Minutes:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Minutes:
    return Minutes()


@pytest.fixture
def complaints(clock: Minutes, caplog: pytest.LogCaptureFixture) -> Complaints:
    caplog.set_level(logging.WARNING, "rls.malformed")
    return Complaints(clock)


def hear(complaints: Complaints, source: str) -> None:
    flow = Flow("udp", ("10.0.0.1", 5060), (source, 5062))
    complaints.heard(MalformedMessage(400, "CSeq", None), flow)


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, int]]:
    return [(record.source.split()[2], record.unlogged) for record in caplog.records]  # type: ignore[attr-defined]


def test_a_source_is_named_once_a_minute(
    complaints: Complaints, clock: Minutes, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(1000):
        hear(complaints, "10.0.0.2")
    hear(complaints, "10.0.0.3")
    clock.now = QUIET
    hear(complaints, "10.0.0.2")
    assert lines(caplog) == [("10.0.0.2:5062", 0), ("10.0.0.3:5062", 999), ("10.0.0.2:5062", 0)]


def test_a_request_that_is_too_short_for_its_answer_is_a_complaint_as_well(
    complaints: Complaints, caplog: pytest.LogCaptureFixture
) -> None:
    flow = Flow("udp", ("10.0.0.1", 5060), ("10.0.0.2", 5062))
    complaints.unanswered(Request("OPTIONS", "sip:a@b", {}), flow)
    hear(complaints, "10.0.0.2")
    hear(complaints, "10.0.0.3")
    assert lines(caplog) == [("10.0.0.2:5062", 0), ("10.0.0.3:5062", 1)]
    assert caplog.records[0].method == "OPTIONS"  # type: ignore[attr-defined]


@pytest.mark.asyncio
async def test_silence_is_in_the_log_and_counted(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    await rig.start()
    lines = ("INVITE sip:a@b SIP/2.0", "v:SIP/2.0/UDP b;branch=z9hG4bK1", "f:<sip:a@b>;tag=1", "t:<sip:a@b>",
             "i:1", "CSeq:1 INVITE", "", "")  # fmt: skip
    rig.phone.send(RLS, "\r\n".join(lines).encode())
    await rig.quiet()
    assert not rig.phone.responses
    assert "request too short to be answered" in [record.message for record in caplog.records]
    assert rig.worker.agent.unanswered == 1


def test_memory_does_not_grow_with_forged_sources(complaints: Complaints) -> None:
    for number in range(3 * SOURCES):
        hear(complaints, f"source{number}")
    assert len(complaints._named) <= SOURCES
