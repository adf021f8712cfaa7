"""What comes and goes in a soak: contacts, watchers that say no goodbye, rows that a dead worker left."""

from __future__ import annotations

import random
import re
import time

from bench.lists import DOMAIN, document, service_uri
from tests.faults.plant import ENTRIES, LISTS, Plant
from tests.live.rig import list_notify
from tests.live.rig.phone import ListCall, Phone
from tests.live.rig.waiting import eventually
from tests.live.rig.wire import UdpWire

CHANGING, VISITED = LISTS, LISTS + 1
"""Numbers of the lists that rlsload knows nothing of."""
VISIT = 10
"""Seconds that visitors subscribe for; RLS_MIN_EXPIRES has to allow it."""
PATIENCE = 300.0
"""Seconds that peers wait: the machine may have other things to do."""
EXPIRED = 7200
"""Seconds since the expiry of what nobody owns any more; for one hour its owner may come back."""
NOBODY = 99
"""Number of a worker that never came back."""
LEAVE = """
with given as (select %s::int as owner, %s::bigint as expired),
fresh as (select nextval('rls_ids') as id),
model as (select min(id) as id from rls_watchers, given where rls_watchers.owner <> given.owner),
subscription as (
  insert into rls_watchers select (jsonb_populate_record(w, jsonb_build_object('id', fresh.id,
    'owner', given.owner, 'expires', given.expired, 'rlsubs_did', 'left ' || fresh.id))).*
  from given, fresh, model join rls_watchers w on w.id = model.id
),
lost as (select id from fresh union all select id + 1 from fresh),
states as (
  insert into rls_presentity select (jsonb_populate_record(p, jsonb_build_object(
    'id', lost.id + 10 * (p.position + 1), 'watcher_id', lost.id, 'rlsubs_did', 'left ' || lost.id))).*
  from lost, model join rls_presentity p on p.watcher_id = model.id
)
insert into rls_outbox (owner, watcher_id, cseq, version, kind, reason, row_ids)
  select given.owner, lost.id, 1, 0, 'F', '', '{}' from given, lost returning watcher_id
"""
"""A copy of some subscription, long expired, its rows, and as many rows without a subscription."""
STILL_THERE = """
with asked as (select unnest(%s::bigint[]) as id)
select id from asked where id in (select id from rls_watchers)
  or id in (select watcher_id from rls_presentity) or id in (select watcher_id from rls_outbox)
"""


def edit_a_list(plant: Plant) -> None:
    """The same contacts in another order: the document changes, what has to be told does not."""
    number = random.randrange(LISTS)
    old = document(number, ENTRIES)
    entries = re.findall(r"<rl:entry [^>]*/>", old)
    new = old.replace("".join(entries), "".join(random.sample(entries, len(entries))))
    plant.server.xcap(f"w{number}@{DOMAIN}").put("rls-services", new)


class Contacts:
    """The watcher of a list whose contacts change; it has to be told of each change."""

    def __init__(self, plant: Plant) -> None:
        user = f"w{CHANGING}@{DOMAIN}"
        self._xcap = plant.server.xcap(user)
        self._phone = Phone(UdpWire(), f"sip:{user}", plant.server.sip)
        self._wanted = self._store()
        self._call = self._phone.subscribe(service_uri(CHANGING))

    def _store(self) -> list[str]:
        """One to nine contacts, each of which has another watcher too; their URIs."""
        text = document(CHANGING, random.randrange(1, ENTRIES))
        self._xcap.put("rls-services", text)
        return re.findall(r'<rl:entry uri="([^"]+)"', text)

    def change(self) -> None:
        eventually(self._told, f"NOTIFY of {self._wanted}", PATIENCE)
        self._wanted = self._store()

    def _told(self) -> bool:
        full = (told for notify in reversed(self._call.notifies) if (told := list_notify.parse(notify)).full)
        return sorted(next(full).resources) == sorted(self._wanted) if self._call.notifies else False

    def leave(self) -> None:
        eventually(self._told, f"NOTIFY of {self._wanted}", PATIENCE)
        assert self._phone.ask(self._call.request(0), PATIENCE).status == 200
        self._phone.close()


class Visitors:
    """Watchers that neither refresh nor unsubscribe. Half of them vanish, the others wait for their end."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._waiting: list[ListCall] = []
        self.came = 0

    def come(self) -> None:
        self._see_off()
        phone = Phone(UdpWire(), f"sip:w{VISITED}@{DOMAIN}", self._plant.server.sip)
        call = phone.call(service_uri(VISITED))
        assert call.heard(phone.ask(call.request(VISIT), PATIENCE)).status == 200
        self.came += 1
        if self.came % 2:
            phone.close()
        else:
            self._waiting.append(call)

    def _see_off(self) -> None:
        for call in list(self._waiting):
            if call.notifies and (state := call.notifies[-1]["Subscription-State"]).startswith("terminated"):
                assert "reason=timeout" in state, state
                call.phone.close()
                self._waiting.remove(call)

    def all_told(self) -> bool:
        self._see_off()
        return not self._waiting


class Remnants:
    """Rows of a worker that never came back, and rows whose subscription is gone."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._left: dict[int, float] = {}

    def leave(self) -> None:
        rows = self._plant.database.rows(LEAVE, NOBODY, int(time.time()) - EXPIRED)
        assert len(rows) == 2
        self._left.update((row["watcher_id"], time.monotonic()) for row in rows)

    def oldest(self) -> float:
        """Seconds for which the oldest of them has been there."""
        there = {row["id"] for row in self._plant.database.rows(STILL_THERE, list(self._left))}
        self._left = {number: since for number, since in self._left.items() if number in there}
        return time.monotonic() - min(self._left.values()) if self._left else 0.0
