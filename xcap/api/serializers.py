"""Lists, entries and services as JSON."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Final

from rest_framework import serializers

from rls.domain.uri import with_scheme
from xcap.documents.entries import ListEntry
from xcap.documents.rls_services import canonical
from xcap.documents.sharing import ACCESSES, Sharing

_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_WORD: Final = re.compile(r"\S+")


class Strict(serializers.Serializer[Any]):
    """Refuses members that it does not know: a slip of the pen should not be lost silently."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields), key=str)):
            raise serializers.ValidationError({str(name): ["There is no such member."] for name in unknown})
        return super().to_internal_value(data)


def writable(text: str) -> None:
    """What an XML document can hold."""
    if _UNWRITABLE.search(text):
        raise serializers.ValidationError("Control characters cannot be stored.")


def one_word(text: str) -> None:
    if not _WORD.fullmatch(text):
        raise serializers.ValidationError("There is no space in a URI.")


def uri_field(**options: Any) -> serializers.CharField:
    return serializers.CharField(max_length=1024, validators=[writable, one_word], **options)


def text_field(**options: Any) -> serializers.CharField:
    return serializers.CharField(max_length=1024, validators=[writable], **options)


def display_name_field(**options: Any) -> serializers.CharField:
    return text_field(allow_blank=True, help_text="what people read; empty: no name", **options)


class EntrySerializer(Strict):
    """A resource in a list."""

    uri = uri_field(help_text="sip:bob@example.com, or bob@example.com")
    display_name = display_name_field(default="")

    def to_internal_value(self, data: Any) -> ListEntry:
        return ListEntry(**super().to_internal_value(data))


def entries_field(**options: Any) -> serializers.ListField:
    return serializers.ListField(child=EntrySerializer(), validators=[different], **options)


def different(entries: list[ListEntry]) -> None:
    times = Counter(entry.uri for entry in entries)
    if double := [uri for uri, count in times.items() if count > 1]:
        raise serializers.ValidationError(f"Named twice: {', '.join(double[:5])}")


class EntriesSerializer(Strict):
    """All entries of a list, in order."""

    entries = entries_field()


class EntriesChangeSerializer(Strict):
    """Entries to take out, then to put in, then to bring in order; what is there already stays as it is."""

    remove = serializers.ListField(
        child=uri_field(), default=list, help_text="URIs; unknown ones are ignored"
    )
    add = entries_field(default=list, help_text="put behind the others; a known one gets this display name")
    order = serializers.ListField(
        child=uri_field(), default=list, help_text="URIs that come first, in this order; the others follow"
    )


class EntryChangeSerializer(Strict):
    """What becomes different about an entry."""

    display_name = display_name_field(required=False)
    position = serializers.IntegerField(min_value=0, required=False, help_text="place in the list, from 0")


class ListSerializer(Strict):
    """A list of resources. `id` is what its paths have; it changes with the name."""

    id = serializers.CharField()
    owner = serializers.CharField(help_text="user@domain")
    document = serializers.CharField(help_text="name of the XCAP document that it is in")
    name = serializers.CharField(allow_null=True)
    display_name = serializers.CharField()
    entries = serializers.ListField(child=EntrySerializer())
    lists = serializers.ListField(child=serializers.CharField(), help_text="ids of the lists within it")
    references = serializers.IntegerField(help_text="entries and lists elsewhere that it refers to")


class NewListSerializer(Strict):
    """A list to be made, with its first entries."""

    owner = text_field(required=False, help_text="user@domain; a subscriber's own need not be named")
    name = text_field(help_text="unique among the lists of the user")
    display_name = display_name_field(default="")
    document = serializers.RegexField(
        r"^(?!\.{1,2}$)[^/\x00-\x1f\x7f]+$",
        default="index",
        max_length=256,
        help_text="XCAP document to put it in",
    )
    entries = entries_field(default=list)


class ListChangeSerializer(Strict):
    """What becomes different about a list; its entries have paths of their own."""

    name = text_field(required=False)
    display_name = display_name_field(required=False)


class SharingSerializer(Strict):
    """Who may subscribe."""

    access = serializers.ChoiceField(
        ACCESSES, help_text="the owner alone, named users too, all of the owner's domain, or anyone"
    )
    users = serializers.ListField(
        child=uri_field(),
        required=False,
        max_length=1000,
        help_text="SIP URIs of the users, with access users",
    )

    def to_internal_value(self, data: Any) -> Sharing:
        values = super().to_internal_value(data)
        users = tuple(dict.fromkeys(map(with_scheme, values.get("users", ()))))
        if users and values["access"] != "users":
            raise serializers.ValidationError({"users": ["They count with access users only."]})
        if strange := [uri for uri in users if canonical(uri) is None]:
            raise serializers.ValidationError({"users": [f"Not a SIP URI: {strange[0]}"]})
        return Sharing(values["access"], users)


def sharing_field(**options: Any) -> SharingSerializer:
    return SharingSerializer(
        allow_null=True, help_text="who may subscribe; null: as RLS_LIST_ACCESS says", **options
    )


class ServiceSerializer(Strict):
    """A list under a SIP URI that phones can subscribe to."""

    uri = serializers.CharField(help_text="what phones subscribe to")
    owner = serializers.CharField(help_text="user@domain")
    document = serializers.CharField(
        help_text="XCAP document that it is in; only those of `index` are served"
    )
    list = serializers.CharField(
        allow_null=True, help_text="id of the list it stands for; null: the list is inside, see entries"
    )
    resource_list = serializers.CharField(
        allow_null=True, help_text="where the list is, as XCAP clients see it"
    )
    packages = serializers.ListField(
        child=serializers.CharField(), allow_null=True, help_text="event packages; null: any"
    )
    sharing = sharing_field()


def packages_field(**options: Any) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.RegexField(r"^[A-Za-z0-9.!%*_+`'~-]+$", max_length=64),
        allow_null=True,
        help_text="event packages that may be subscribed to, such as presence; null: any",
        **options,
    )


class NewServiceSerializer(Strict):
    """Share a list, or (without `list`) a list that is kept inside the service."""

    uri = uri_field(help_text="a SIP URI that nobody has yet")
    owner = text_field(required=False, help_text="user@domain; a subscriber's own need not be named")
    list = serializers.CharField(required=False, help_text="id of one of the owner's lists")
    entries = entries_field(required=False)
    packages = packages_field(default=None)
    sharing = sharing_field(default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("list" in attrs) == ("entries" in attrs):
            raise serializers.ValidationError("Give either list (the id of a list) or entries.")
        return attrs


class ServiceChangeSerializer(Strict):
    """What becomes different about a service."""

    uri = uri_field(required=False)
    list = serializers.CharField(required=False, help_text="id of one of the owner's lists")
    packages = packages_field(required=False)
    sharing = sharing_field(required=False)
