"""Paths of lists, services and subscribers, below /api/v1/."""

from django.urls import path

from xcap.api.entries import EntryInList, EntryInService, ListEntries, ServiceEntries
from xcap.api.exchange import Export, Import
from xcap.api.lists import ListDetail, Lists
from xcap.api.reread import UpdateSubscriptions
from xcap.api.services import ServiceDetail, Services
from xcap.api.subscribers import SubscriberDetail, Subscribers

urlpatterns = [
    path("lists", Lists.as_view(), name="api-lists"),
    path("lists/<str:owner>/<str:list>", ListDetail.as_view(), name="api-list"),
    path("lists/<str:owner>/<str:list>/entries", ListEntries.as_view(), name="api-entries"),
    path("lists/<str:owner>/<str:list>/entries/<path:uri>", EntryInList.as_view(), name="api-entry"),
    path("services", Services.as_view(), name="api-services"),
    path("services/<str:owner>/<str:service>", ServiceDetail.as_view(), name="api-service"),
    path("services/<str:owner>/<str:service>/entries", ServiceEntries.as_view(), name="api-service-entries"),
    path(
        "services/<str:owner>/<str:service>/entries/<path:uri>",
        EntryInService.as_view(),
        name="api-service-entry",
    ),
    path("subscribers", Subscribers.as_view(), name="api-subscribers"),
    path("subscribers/<str:owner>", SubscriberDetail.as_view(), name="api-subscriber"),
    path("import", Import.as_view(), name="api-import"),
    path("export", Export.as_view(), name="api-export"),
    path("update-subscriptions", UpdateSubscriptions.as_view(), name="api-update-subscriptions"),
]
