"""Our own messages for the classes of RFC 4475. The name of a file says what becomes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sipworker.sip.message import MalformedMessage, Request, parse, response

TORTURE = Path(__file__).parents[2] / "data" / "torture"


def messages(kind: str) -> list[Path]:
    found = sorted(TORTURE.glob(f"{kind}-*.sip"))
    assert found
    return found


@pytest.mark.req("R3261-7.3.1-1")
@pytest.mark.parametrize("file", messages("valid"), ids=lambda file: file.stem)
def test_a_valid_message_is_read_and_written_back_the_same(file: Path) -> None:
    message = parse(file.read_bytes())
    again = parse(message.to_bytes())
    again.headers.pop("content-length")
    message.headers.pop("content-length", None)
    assert (again.headers, again.body, again.start_line) == (
        message.headers,
        message.body,
        message.start_line,
    )


@pytest.mark.req("D1")
@pytest.mark.parametrize("file", messages("invalid"), ids=lambda file: file.stem)
def test_a_broken_request_is_refused_with_all_an_answer_needs(file: Path) -> None:
    with pytest.raises(MalformedMessage) as caught:
        parse(file.read_bytes())
    assert caught.value.status == int(file.stem.split("-")[1])
    request = caught.value.request
    assert request is not None
    assert response(request, caught.value.status, to_tag="t").count(b"z9hG4bKtorture1") == 1


@pytest.mark.req("R3261-18.3-1")
@pytest.mark.parametrize("file", messages("dropped"), ids=lambda file: file.stem)
def test_what_cannot_be_answered_leaves_no_request(file: Path) -> None:
    with pytest.raises(MalformedMessage) as caught:
        parse(file.read_bytes())
    assert caught.value.request is None


def test_folding_compact_names_and_odd_case_say_the_same_as_plain_text() -> None:
    message = parse((TORTURE / "valid-200-folding-and-odd-case.sip").read_bytes())
    assert isinstance(message, Request)
    assert (message.cseq.number, message.cseq.method) == (12, "SUBSCRIBE")
    assert (message.from_.display, message.from_tag) == ('Quoted \\ "friend"', "w1")
    assert (message.via.transport, message.via.branch) == ("UDP", "z9hG4bKfold")
    assert len(message.values("via")) == 3
    assert message.values("supported") == ["EventList", "path"]
    assert message.body == b"12345"
