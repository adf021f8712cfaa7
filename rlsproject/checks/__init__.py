"""System checks (`manage.py check --tag rls`): senseless settings are rejected in words."""

from rlsproject.checks import access, choices, numbers, tls, xcap

__all__ = ["access", "choices", "numbers", "tls", "xcap"]
