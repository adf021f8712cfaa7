"""What the user reads when everything runs."""

from __future__ import annotations

from django.conf import settings

from rls import demo


def banner() -> str:
    web = f"http://{settings.RLS_HTTP_LISTEN}"
    sip = "\n           ".join(settings.RLS_SIP_LISTEN)
    return f"""
  The resource list server runs. Ctrl-C stops it.

  Admin    {web}/admin/     {demo.ADMIN} / {demo.PASSWORD}
  XCAP     {web}/xcap-root/
  SIP      {sip}
  Phones   {", ".join(demo.SUBSCRIBERS)} @{demo.DOMAIN}, password {demo.PASSWORD}
  Logs     {settings.RLS_VAR / "log"}

  Try next
    .venv/bin/python manage.py watchlist {demo.ALICE_LIST} --as sip:alice@{demo.DOMAIN}
    curl --digest -u alice:{demo.PASSWORD} \\
      {web}/xcap-root/rls-services/users/sip:alice@{demo.DOMAIN}/index
"""
