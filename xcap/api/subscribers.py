"""Subscribers: who may authenticate over SIP, XCAP and REST. Passwords go in and never come out."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from rls.api import problems
from rls.api.paging import KeysetPages
from rls.api.principals import author_of
from rls.models import Subscriber
from xcap import store
from xcap.api.lists import ETAG, IF_MATCH, NOTHING
from xcap.api.serializers import Strict
from xcap.api.view import DocumentView
from xcap.selectors import Xui

SUBSCRIBER = OpenApiParameter("owner", str, OpenApiParameter.PATH, description="user@domain, or `me`")


class SubscriberSerializer(Strict):
    """`id` is what its path has."""

    id = serializers.CharField(source="__str__", help_text="user@domain")
    username = serializers.CharField()
    domain = serializers.CharField(help_text="SIP domain, which is also the Digest realm")


def password_field() -> serializers.CharField:
    return serializers.CharField(
        write_only=True, trim_whitespace=False, max_length=1024, help_text="kept as hashes for Digest only"
    )


class NewSubscriberSerializer(Strict):
    """Who shall be able to authenticate."""

    username = serializers.RegexField(r"^[^\s@:\x00-\x1f]+\Z", max_length=255)
    domain = serializers.RegexField(r"^[^\s@\x00-\x1f]+\Z", max_length=255)
    password = password_field()


class PasswordSerializer(Strict):
    """A new password."""

    password = password_field()


class SubscriberFilter(filters.FilterSet):  # type: ignore[misc]
    username = filters.CharFilter()
    domain = filters.CharFilter()

    class Meta:
        model = Subscriber
        fields = ("username", "domain")


class SubscriberView(DocumentView):
    """For operators; subscribers see themselves and may change their password."""

    model = Subscriber
    actions = {"POST": "add", "PATCH": "change", "DELETE": "delete"}
    subscriber_methods: tuple[str, ...] = ()


class Subscribers(SubscriberView, generics.ListAPIView[Subscriber]):
    queryset = Subscriber.objects.all()
    serializer_class = SubscriberSerializer
    filter_backends = (filters.DjangoFilterBackend,)
    filterset_class = SubscriberFilter
    pagination_class = KeysetPages

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Subscribers, in the order in which they were added."""
        return self.list(request)

    @extend_schema(request=NewSubscriberSerializer, responses={201: SubscriberSerializer}, parameters=[ETAG])
    def post(self, request: Request) -> Response:
        """Add a subscriber. 409 if there is one of this name."""
        new = NewSubscriberSerializer(data=request.data)
        new.is_valid(raise_exception=True)
        values = new.validated_data
        subscriber = Subscriber(username=values["username"], domain=values["domain"].lower())
        subscriber.set_password(values["password"])
        try:
            with transaction.atomic():
                subscriber.save()
        except IntegrityError as error:
            raise problems.Conflicting(
                f"There is a subscriber {subscriber} already.", "subscriber-exists"
            ) from error
        response = _answer(subscriber, 201)
        response["Location"] = reverse("api-subscriber", args=[str(subscriber)], request=request)
        return response


class SubscriberDetail(SubscriberView):
    subscriber_methods = ("GET", "HEAD", "OPTIONS", "PATCH")

    @extend_schema(parameters=[SUBSCRIBER, ETAG], responses=SubscriberSerializer)
    def get(self, request: Request, owner: str) -> Response:
        """A subscriber."""
        subscriber = _find(self.owner(owner))
        if self.conditions().excludes(_etag(subscriber)):
            return Response(status=304, headers={"ETag": f'"{_etag(subscriber)}"'})
        return _answer(subscriber)

    @extend_schema(
        parameters=[SUBSCRIBER, IF_MATCH, ETAG], request=PasswordSerializer, responses=SubscriberSerializer
    )
    def patch(self, request: Request, owner: str) -> Response:
        """Change the password."""
        change = PasswordSerializer(data=request.data)
        change.is_valid(raise_exception=True)
        with transaction.atomic():
            subscriber = self._locked(owner)
            subscriber.set_password(change.validated_data["password"])
            subscriber.save()
        return _answer(subscriber)

    @extend_schema(parameters=[SUBSCRIBER], request=None, responses=NOTHING)
    def delete(self, request: Request, owner: str) -> Response:
        """Delete a subscriber with all documents: subscriptions to the lists end."""
        with transaction.atomic():
            subscriber = self._locked(owner)
            store.delete_all(Xui(subscriber.username, subscriber.domain), author_of(request))
            subscriber.delete()
        return Response(status=204)

    def _locked(self, owner: str) -> Subscriber:
        subscriber = _find(self.owner(owner), lock=True)
        if not self.conditions().hold(_etag(subscriber)):
            raise store.PreconditionFailed
        return subscriber


def _find(owner: Xui, *, lock: bool = False) -> Subscriber:
    rows = Subscriber.objects.select_for_update() if lock else Subscriber.objects.all()
    subscriber = rows.filter(username=owner.username, domain=owner.domain).first()
    if subscriber is None:
        raise store.NotFound(f"subscriber {owner.username}@{owner.domain}")
    return subscriber


def _etag(subscriber: Subscriber) -> str:
    """The hashes must not be found out by guessing at the tag."""
    return salted_hmac(
        "xcap.api.subscribers", f"{subscriber}:{subscriber.ha1_sha256}:{subscriber.ha1_md5}"
    ).hexdigest()


def _answer(subscriber: Subscriber, status: int = 200) -> Response:
    headers = {"ETag": f'"{_etag(subscriber)}"'}
    return Response(SubscriberSerializer(subscriber).data, status=status, headers=headers)
