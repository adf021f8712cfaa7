from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from rls.models import CompatibilityProfile

pytestmark = pytest.mark.django_db
ADD = "admin:rls_compatibilityprofile_add"
FORM = {"name": "Odd", "user_agents": "Odd/*\r\nOther*", "position": "5", "content_id": "Content-Id"}


def test_operator_makes_a_profile(admin_client: Client) -> None:
    made = admin_client.post(reverse(ADD), {**FORM, "list_params": "pres-list, x", "dialog_child": "on"})
    assert made.status_code == 302
    profile = CompatibilityProfile.objects.get(name="Odd").profile()
    assert profile.user_agents == ("Odd/*", "Other*")
    assert profile.list_params == {"pres-list", "x"}
    assert (profile.parts.content_id, profile.parts.brackets) == ("Content-Id", False)
    assert (profile.dialog_child, profile.named) == (True, False)
    page = admin_client.get(reverse("admin:rls_compatibilityprofile_changelist")).content.decode()
    assert "Odd/*, Other*" in page


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("user_agents", " \n ", "required"),
        ("user_agents", "x" * 300, "Longer than 256 characters"),
        ("list_params", "pres=list", "No name of a URI parameter"),
        ("content_id", "X", "Select a valid choice"),
    ],
)
def test_senseless_profiles_are_refused(admin_client: Client, field: str, value: str, said: str) -> None:
    page = admin_client.post(reverse(ADD), {**FORM, field: value}).content.decode()
    assert said in page
    assert not CompatibilityProfile.objects.filter(name="Odd").exists()
