"""Lists in and out as tables (CSV) and address cards (vCard), for programs and people without XML."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ParseError, PermissionDenied
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from rls.api.principals import author_of, subscriber_of
from xcap.api.serializers import Strict, text_field
from xcap.api.view import DocumentView
from xcap.domains import default_domain
from xcap.exchange import formats
from xcap.exchange.exporting import documents, export_document
from xcap.exchange.importing import Options, Outcome, import_lists
from xcap.exchange.record import Record
from xcap.selectors import InvalidSelector, Xui

TAGS: Final = ["import and export"]
_CHANGES: Final = {"+": "added", "-": "removed", "~": "changed", "=": "kept", "!": "refused"}


class _File(BaseParser):
    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return stream.read()


class CsvFile(_File):
    media_type = formats.MEDIA_TYPES["csv"]


class VcardFile(_File):
    media_type = formats.MEDIA_TYPES["vcard"]


class _Named(BaseRenderer):
    """For negotiation only: what is exported is streamed."""

    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> Any:
        raise NotImplementedError


class Csv(_Named):
    media_type, format = formats.MEDIA_TYPES["csv"], "csv"


class Vcard(_Named):
    media_type, format = formats.MEDIA_TYPES["vcard"], "vcard"


class JsonLines(_Named):
    """One JSON text to a line, each as soon as it is known."""

    media_type, format = "application/x-ndjson", "ndjson"


class ExchangeView(DocumentView):
    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Whatever was asked for, an answer that is no file is JSON."""
        if isinstance(response, Response):
            request.accepted_renderer = JSONRenderer()
            request.accepted_media_type = request.accepted_renderer.media_type
        return super().finalize_response(request, response, *args, **kwargs)


class ImportOptionsSerializer(Strict):
    """The query of an import."""

    owner = text_field(
        required=False, help_text="whose the lists are that name no user: user@domain, or `me`"
    )
    list = text_field(default="", help_text="the list of lines that name none")
    replace = serializers.BooleanField(
        default=False, help_text="remove entries that the file lacks, and take its order"
    )
    dry_run = serializers.BooleanField(default=False, help_text="say what would change, and change nothing")


class LineSerializer(Strict):
    """One thing that an import does, or would do."""

    change = serializers.ChoiceField(list(_CHANGES.values()))
    line = serializers.IntegerField(help_text="of the file; 0 for what is not in it")
    text = serializers.CharField()


class OutcomeSerializer(Strict):
    """What became of one list: it is stored whole, or nothing of it."""

    owner = serializers.CharField()
    list = serializers.CharField()
    stored = serializers.BooleanField(help_text="false if it was refused, needed no change, or in a dry run")
    refused = serializers.BooleanField()
    lines = LineSerializer(many=True)


class ImportedSerializer(Strict):
    """What became of the lists of an import."""

    dry_run = serializers.BooleanField()
    refused = serializers.IntegerField(help_text="lists of which nothing was taken")
    lists = OutcomeSerializer(many=True)


class Import(ExchangeView):
    parser_classes = (CsvFile, VcardFile)
    renderer_classes = (JSONRenderer, JsonLines)

    @extend_schema(
        tags=TAGS,
        operation_id="import_lists",
        parameters=[ImportOptionsSerializer],
        request=dict.fromkeys(formats.MEDIA_TYPES.values(), OpenApiTypes.STR),
        responses={
            (200, "application/json"): ImportedSerializer,
            (200, JsonLines.media_type): OutcomeSerializer,
        },
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Import lists from a table or from address cards, each list whole or not at all.

        A table (CSV, UTF-8) has the columns `user`, `list`, `uri` and `name`; missing lists are made. With
        `dry_run` the answer says line by line what would change. `Accept: application/x-ndjson` gives a
        line of JSON for each list as soon as it is done, which shows the progress of a large file.
        """
        named = {name: value for name, value in request.query_params.items() if name != "format"}
        query = ImportOptionsSerializer(data=named)
        query.is_valid(raise_exception=True)
        values = query.validated_data
        outcomes = import_lists(
            self._records(request, values["list"]),
            Options(values["replace"], values["dry_run"], author_of(request)),
        )
        if request.accepted_renderer.format == JsonLines.format:
            return _streamed((json.dumps(_shown(each)) + "\n" for each in outcomes), JsonLines.media_type)
        lists = list(map(_shown, outcomes))
        refused = sum(each["refused"] for each in lists)
        return Response({"dry_run": values["dry_run"], "refused": refused, "lists": lists})

    def _records(self, request: Request, list_name: str) -> list[Record]:
        sent: object = request.data
        data = sent if isinstance(sent, bytes) else b""
        try:
            records = formats.read(data, _address(self.asked_owner()), list_name)
        except formats.UnreadableFile as error:
            raise ParseError(str(error)) from error
        if own := subscriber_of(request):
            _refuse_others(records, Xui(own.username, own.domain))
        return records


class Export(ExchangeView):
    renderer_classes = (Csv, Vcard)

    @extend_schema(
        tags=TAGS,
        operation_id="export_lists",
        parameters=[
            OpenApiParameter("owner", str, description="Lists of this user only: user@domain, or `me`."),
            OpenApiParameter("list", str, description="The list of this name only."),
            OpenApiParameter("format", str, enum=formats.FORMATS, description="Instead of Accept."),
        ],
        responses=dict.fromkeys(((200, each) for each in formats.MEDIA_TYPES.values()), OpenApiTypes.STR),
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Export lists as a table or as address cards, which can be imported again.

        References to other lists cannot stand in either: they are left out.
        """
        kind = request.accepted_renderer.format
        wanted = request.query_params.get("list", "")
        found = documents(_address(self.asked_owner()))
        records = (record for each in found.iterator(200) for record in export_document(each, wanted)[0])
        response = _streamed(formats.write(records, kind), formats.MEDIA_TYPES[kind])
        response["Content-Disposition"] = f'attachment; filename="lists{formats.ENDINGS[kind]}"'
        return response


def _refuse_others(records: Iterable[Record], own: Xui) -> None:
    for each in records:
        try:
            foreign = bool(each.user) and Xui.parse(each.user, default_domain()) != own
        except InvalidSelector:
            continue  # is refused as what it is
        if foreign:
            raise PermissionDenied(f"Line {each.line} names the lists of another user.")


def _shown(outcome: Outcome) -> dict[str, Any]:
    return {
        "owner": outcome.user,
        "list": outcome.list_name,
        "stored": outcome.stored,
        "refused": outcome.failed,
        "lines": [
            {"change": _CHANGES[line.sign], "line": line.number, "text": line.text} for line in outcome.lines
        ],
    }


def _address(owner: Xui | None) -> str:
    return f"{owner.username}@{owner.domain}" if owner else ""


def _streamed(pieces: Iterator[str], media_type: str) -> StreamingHttpResponse:
    """The lists of all users need no memory."""
    return StreamingHttpResponse(pieces, content_type=f"{media_type}; charset=utf-8")
