"""The entries of a list, and of a list that is inside a service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from rls.api import problems
from rls.domain import xmlinput
from xcap.api.lists import ETAG, IF_MATCH, LIST_ID, NOTHING, OWNER, entry_json
from xcap.api.serializers import (
    EntriesChangeSerializer,
    EntriesSerializer,
    EntryChangeSerializer,
    EntrySerializer,
)
from xcap.api.services import SERVICE_URI
from xcap.api.view import DocumentView
from xcap.documents import services
from xcap.documents.entries import ListEntry, Locate, entries, under_canonical_uris, with_entries
from xcap.documents.list_path import INDEX, ListPath, NoSuchList
from xcap.models import Document
from xcap.usages import RESOURCE_LISTS, RLS_SERVICES, ApplicationUsage

ENTRY_URI = OpenApiParameter(
    "uri", str, OpenApiParameter.PATH, description="URI of the entry, as it is written there"
)


Change = Callable[[list[ListEntry]], list[ListEntry]]
"""Makes the new entries of the old ones."""


class EntriesView(DocumentView):
    """Where the list is: `usage`, the document's name and how the list is found in it."""

    usage: ApplicationUsage

    def place(self) -> tuple[str, Locate]:
        raise NotImplementedError

    def read(self, owner: str) -> tuple[Document, list[ListEntry]]:
        path, locate = self.place()
        document = self.stored(self.usage, self.owner(owner), path)
        return document, entries(locate(xmlinput.parse(bytes(document.doc))))

    def rewrite(self, owner: str, change: Change) -> tuple[Document, list[ListEntry]]:
        path, locate = self.place()

        def rewrite(body: bytes | None) -> bytes:
            if body is None:
                raise NoSuchList(path)
            return with_entries(body, locate, _short_enough(change(entries(locate(xmlinput.parse(body))))))

        document = self.write(self.usage, self.owner(owner), path, rewrite)
        return document, entries(locate(xmlinput.parse(bytes(document.doc))))


class InList(EntriesView):
    usage = RESOURCE_LISTS

    def place(self) -> tuple[str, Locate]:
        path = ListPath.parse(self.kwargs["list"])
        return path.document, path.locate


class InService(EntriesView):
    usage = RLS_SERVICES

    def place(self) -> tuple[str, Locate]:
        return INDEX, partial(services.inline_list, uri=self.kwargs["service"])


class AllEntries(EntriesView):
    def get(self, request: Request, owner: str, **_: str) -> Response:
        """The entries of a list, in order."""
        return self._all(self.read(owner))

    def put(self, request: Request, owner: str, **_: str) -> Response:
        """Replace all entries. Those that stay keep what else is in them."""
        wanted = _read(EntriesSerializer, request)["entries"]
        return self._all(self.rewrite(owner, lambda known: under_canonical_uris(wanted, known)))

    def post(self, request: Request, owner: str, **_: str) -> Response:
        """Add entries at the end.

        A known one stays where it is and gets this display name, if any: twice is as good as once. A new
        SIP URI is stored in its canonical form (RFC 4826 section 3.4.7).
        """
        more = _read(EntriesSerializer, request)["entries"]
        return self._all(self.rewrite(owner, lambda known: merged(known, more)))

    def patch(self, request: Request, owner: str, **_: str) -> Response:
        """Take out, put in and reorder any number of entries in one step."""
        change = _read(EntriesChangeSerializer, request)
        return self._all(self.rewrite(owner, lambda known: changed(known, change)))

    def _all(self, result: tuple[Document, list[ListEntry]]) -> Response:
        document, found = result
        return self.answer(document, {"entries": list(map(entry_json, found))})


class OneEntry(EntriesView):
    def get(self, request: Request, owner: str, uri: str, **_: str) -> Response:
        """One entry."""
        document, found = self.read(owner)
        return self.answer(document, entry_json(found[_index(found, uri)]))

    def patch(self, request: Request, owner: str, uri: str, **_: str) -> Response:
        """Rename an entry, or move it."""
        change = _read(EntryChangeSerializer, request)
        document, found = self.rewrite(owner, lambda known: moved(known, uri, change))
        return self.answer(document, entry_json(found[_index(found, uri)]))

    def delete(self, request: Request, owner: str, uri: str, **_: str) -> Response:
        """Remove an entry."""
        self.rewrite(owner, lambda known: without(known, uri))
        return Response(status=204)


def _described(path: OpenApiParameter) -> Any:
    """What OpenAPI has to know of the methods for all entries."""
    read, write = [OWNER, path, ETAG], [OWNER, path, ETAG, IF_MATCH]
    return extend_schema_view(
        get=extend_schema(parameters=read, responses=EntriesSerializer),
        put=extend_schema(parameters=write, request=EntriesSerializer, responses=EntriesSerializer),
        post=extend_schema(parameters=read, request=EntriesSerializer, responses={200: EntriesSerializer}),
        patch=extend_schema(parameters=write, request=EntriesChangeSerializer, responses=EntriesSerializer),
    )


def _one_described(path: OpenApiParameter, name: str) -> Any:
    read, write = [OWNER, path, ENTRY_URI, ETAG], [OWNER, path, ENTRY_URI, ETAG, IF_MATCH]
    return extend_schema_view(
        get=extend_schema(operation_id=f"{name}_retrieve", parameters=read, responses=EntrySerializer),
        patch=extend_schema(
            operation_id=f"{name}_partial_update",
            parameters=write,
            request=EntryChangeSerializer,
            responses=EntrySerializer,
        ),
        delete=extend_schema(
            operation_id=f"{name}_destroy",
            parameters=[OWNER, path, ENTRY_URI],
            request=None,
            responses=NOTHING,
        ),
    )


@_described(LIST_ID)
class ListEntries(InList, AllEntries):
    """All entries of a list, in order."""


@_one_described(LIST_ID, "lists_entry")
class EntryInList(InList, OneEntry):
    """One entry of a list."""


@_described(SERVICE_URI)
class ServiceEntries(InService, AllEntries):
    """All entries of a list that is inside a service."""


@_one_described(SERVICE_URI, "services_entry")
class EntryInService(InService, OneEntry):
    """One entry of a list that is inside a service."""


def merged(known: list[ListEntry], more: list[ListEntry]) -> list[ListEntry]:
    """`more` behind the known ones; names are taken from `more` where it has some."""
    more = under_canonical_uris(more, known)
    names = {entry.uri: entry.display_name for entry in more if entry.display_name}
    there = {entry.uri for entry in known}
    named = [replace(entry, display_name=names.get(entry.uri, entry.display_name)) for entry in known]
    return named + [entry for entry in more if entry.uri not in there]


def changed(known: list[ListEntry], change: dict[str, Any]) -> list[ListEntry]:
    gone = set(change["remove"])
    left = merged([entry for entry in known if entry.uri not in gone], change["add"])
    rank = {uri: number for number, uri in enumerate(dict.fromkeys(change["order"]))}
    return sorted(left, key=lambda entry: rank.get(entry.uri, len(rank)))


def moved(known: list[ListEntry], uri: str, change: dict[str, Any]) -> list[ListEntry]:
    place = _index(known, uri)
    entry = replace(known[place], display_name=change.get("display_name", known[place].display_name))
    others = known[:place] + known[place + 1 :]
    others.insert(change.get("position", place), entry)
    return others


def without(known: list[ListEntry], uri: str) -> list[ListEntry]:
    gone = known[_index(known, uri)].uri
    return [entry for entry in known if entry.uri != gone]


def _index(known: list[ListEntry], uri: str) -> int:
    for place, entry in enumerate(known):
        if entry.uri == uri:
            return place
    raise NotFound("There is no such entry in this list.")


def _short_enough(wanted: list[ListEntry]) -> list[ListEntry]:
    limit = settings.RLS_LIST_LIMIT
    if len(wanted) > limit:
        raise problems.Conflicting(f"A list has at most {limit} entries (RLS_LIST_LIMIT).", "list-too-long")
    return wanted


def _read(serializer: Any, request: Request) -> dict[str, Any]:
    reader = serializer(data=request.data)
    reader.is_valid(raise_exception=True)
    return dict(reader.validated_data)
