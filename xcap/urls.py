"""One view for everything below the root: it reads the raw request target, not Django's decoded path."""

from django.urls import re_path

from xcap.views import XcapView

urlpatterns = [re_path(r"^xcap-root(?:/|$)", XcapView.as_view(), name="xcap")]
