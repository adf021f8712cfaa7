"""Searches that an index answers, however many rows there are: by how names begin."""

from __future__ import annotations

from django.db.models import Q

from rls.models import Presentity, Watcher

MOST = 1000
"""Rows of the other table that are looked at. As numbers, for with a subquery no index would be used."""
_SCHEMES = ("sip:", "sips:", "tel:", "pres:")


def watchers(term: str) -> Q:
    """By user (`alice`, `alice@example.com`), list or resource (`sip:` may be left out), or Call-ID."""
    uri = term if term.lower().startswith(_SCHEMES) else f"sip:{term}"
    watching = Presentity.objects.filter(resource_uri__startswith=uri).values_list("watcher_id", flat=True)
    own = _users(term) | Q(service_uri__startswith=uri) | Q(callid__startswith=term)
    return own | Q(pk__in=list(watching[:MOST]))


def resources(term: str) -> Q:
    """By the resource's URI (`sip:` may be left out), or by who watches."""
    uri = term if term.lower().startswith(_SCHEMES) else f"sip:{term}"
    watching = Watcher.objects.filter(_users(term)).values_list("pk", flat=True)
    return Q(resource_uri__startswith=uri) | Q(watcher_id__in=list(watching[:MOST]))


def _users(term: str) -> Q:
    username, at, domain = term.rpartition("@")
    if at:
        return Q(watcher_username=username, watcher_domain__startswith=domain)
    return Q(watcher_username__startswith=term)
