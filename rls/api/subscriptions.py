"""Running list subscriptions and their resources, to read."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import generics, serializers

from rls.api.paging import KeysetPages
from rls.api.principals import subscriber_of
from rls.api.view import ApiView
from rls.domain import states
from rls.models import Presentity, Watcher

_NAMES = {value: str(label) for value, label in Watcher.Status.choices}
_STATES = {value: str(label) for value, label in Presentity.AuthState.choices}


class SubscriptionSerializer(serializers.ModelSerializer[Watcher]):
    """One watcher's subscription to one list. Times are Unix seconds."""

    state = serializers.SerializerMethodField(help_text="active, pending or terminated")
    list_uri = serializers.CharField(source="service_uri", help_text="what the watcher has subscribed to")
    watcher = serializers.CharField(source="identity", help_text="who watches")
    call_id = serializers.CharField(source="callid")

    class Meta:
        model = Watcher
        fields = (
            *("id", "watcher", "list_uri", "event", "state", "reason", "created", "expires"),
            *("version", "user_agent", "contact", "call_id", "owner"),
        )
        extra_kwargs: ClassVar = {"created": {"help_text": "when it began"}}

    def get_state(self, watcher: Watcher) -> str:
        return _NAMES.get(watcher.status, "unknown")


class SaidSerializer(serializers.Serializer[states.Said]):
    """What the body says, as people read it."""

    state = serializers.CharField(help_text="open or closed; of dialogs: the state of the most advanced one")
    note = serializers.CharField()
    activities = serializers.ListField(child=serializers.CharField())


class ResourceSerializer(serializers.ModelSerializer[Presentity]):
    """One resource of a subscription, and what its back end said last. Times are Unix seconds."""

    uri = serializers.CharField(source="resource_uri")
    state = serializers.SerializerMethodField(help_text="active, pending, terminated or no answer yet")
    code = serializers.IntegerField(source="be_code", help_text="final answer to the last SUBSCRIBE, 0: none")
    says = serializers.SerializerMethodField()

    class Meta:
        model = Presentity
        fields = (
            "id",
            "uri",
            "instance",
            "position",
            "state",
            "reason",
            "code",
            "expires",
            "content_type",
            "says",
        )

    def get_state(self, presentity: Presentity) -> str:
        return _STATES.get(presentity.auth_state, "unknown")

    @extend_schema_field(SaidSerializer(allow_null=True))
    def get_says(self, presentity: Presentity) -> dict[str, Any] | None:
        if presentity.presence_state is None:
            return None
        said = states.read(presentity.content_type, bytes(presentity.presence_state))
        return SaidSerializer(said).data


class SubscriptionFilter(filters.FilterSet):  # type: ignore[misc]
    """All of them are answered by an index, or by the page that is read anyway."""

    watcher = filters.CharFilter(method="of_watcher", help_text="such as alice@example.com")
    list_uri = filters.CharFilter(field_name="service_uri", help_text="the canonical URI of the list")
    event = filters.CharFilter(help_text="presence, dialog, …")
    call_id = filters.CharFilter(field_name="callid")

    class Meta:
        model = Watcher
        fields = ("watcher", "list_uri", "event", "call_id")

    def of_watcher(self, queryset: QuerySet[Watcher], name: str, value: str) -> QuerySet[Watcher]:
        username, _, domain = value.rpartition("@")
        return queryset.filter(watcher_username=username, watcher_domain=domain)


class ResourceFilter(filters.FilterSet):  # type: ignore[misc]
    uri = filters.CharFilter(field_name="resource_uri")
    state = filters.ChoiceFilter(field_name="auth_state", choices=Presentity.AuthState.choices)

    class Meta:
        model = Presentity
        fields = ("uri", "state")


class SubscriptionsBase(ApiView, generics.GenericAPIView[Any]):
    """Subscribers see the subscriptions that are their own, not those of others to their lists."""

    model = Watcher
    subscriber_methods = ("GET", "HEAD", "OPTIONS")
    filter_backends = (filters.DjangoFilterBackend,)
    pagination_class = KeysetPages

    def watchers(self) -> QuerySet[Watcher]:
        rows = Watcher.objects.all()
        own = subscriber_of(self.request)
        return rows.filter(watcher_username=own.username, watcher_domain=own.domain) if own else rows


class Subscriptions(SubscriptionsBase, generics.ListAPIView[Any]):
    """Running list subscriptions, the oldest first."""

    serializer_class = SubscriptionSerializer
    filterset_class = SubscriptionFilter

    def get_queryset(self) -> QuerySet[Watcher]:
        return self.watchers()


class SubscriptionDetail(SubscriptionsBase, generics.RetrieveAPIView[Any]):
    """One list subscription."""

    serializer_class = SubscriptionSerializer

    def get_queryset(self) -> QuerySet[Watcher]:
        return self.watchers()


class Resources(SubscriptionsBase, generics.ListAPIView[Any]):
    """The resources of a list subscription: what the back ends answered, and what they say."""

    serializer_class = ResourceSerializer
    filterset_class = ResourceFilter

    def get_queryset(self) -> QuerySet[Presentity]:
        if getattr(self, "swagger_fake_view", False):
            return Presentity.objects.none()
        if not self.watchers().filter(pk=self.kwargs["pk"]).exists():
            raise Http404
        return Presentity.objects.filter(watcher_id=self.kwargs["pk"])
