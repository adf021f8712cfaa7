"""A presence server that is an OpenSIPS learns that the rules of a user have changed."""

from __future__ import annotations

import pytest

from tests.live.rig.list_server import ListServer
from tests.live.rig.opensips import OpenSips
from tests.live.rig.waiting import eventually

RULES = '<ruleset xmlns="urn:ietf:params:xml:ns:common-policy"/>'


@pytest.mark.req("X-O5")
def test_opensips_is_told_to_look_at_the_watchers_of_a_user_anew(
    server: ListServer, opensips: OpenSips, domain: str
) -> None:
    alice = server.xcap(f"alice@{domain}")
    news = (f"sip:alice@{domain}", "presence", 0)
    assert alice.put("pres-rules", RULES) == 201
    eventually(lambda: opensips.calls.count(news) == 1, "refresh of watchers")
    assert alice.delete("pres-rules") == 200
    eventually(lambda: opensips.calls.count(news) == 2, "refresh after the deletion")
