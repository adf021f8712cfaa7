"""Who writes, as the history of a document names an operator."""

from django.http import HttpRequest


def author(request: HttpRequest, how: str = "admin") -> str:
    return f"{request.user.get_username()} ({how})"
