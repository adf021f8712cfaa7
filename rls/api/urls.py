"""Paths of running subscriptions, below /api/v1/."""

from django.urls import path

from rls.api.subscriptions import Resources, SubscriptionDetail, Subscriptions

urlpatterns = [
    path("subscriptions", Subscriptions.as_view(), name="api-subscriptions"),
    path("subscriptions/<int:pk>", SubscriptionDetail.as_view(), name="api-subscription"),
    path("subscriptions/<int:pk>/resources", Resources.as_view(), name="api-resources"),
]
