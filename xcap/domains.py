"""Which SIP domain a client means that names none."""

from django.conf import settings

from rls.models import Subscriber


def default_domain(host: str = "") -> str:
    """Of users who are named without a domain; "" if nothing says which.

    RFC 4825 section 6.1 recommends the host name xcap.<domain>, so that the host tells it.
    """
    named = [domain for domain in settings.RLS_DOMAINS if domain.lower() in _meant(host)]
    domains: list[str] = [*named, settings.RLS_REALM, *settings.RLS_DOMAINS]
    return next(filter(None, domains), "")


def realm(host: str) -> str:
    """Digest realm of what is nobody's; without settings a subscriber's domain, best that of the host."""
    if domain := default_domain(host):
        return domain
    subscribers = Subscriber.objects.order_by("pk").values_list("domain", flat=True)
    return subscribers.filter(domain__in=_meant(host)).first() or subscribers.first() or ""


def _meant(host: str) -> list[str]:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    return [name.lower(), name.lower().removeprefix("xcap.")]
