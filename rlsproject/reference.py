"""docs/reference/settings.md and .env.example, made from the table of settings."""

from __future__ import annotations

from rlsproject.environment import SECTIONS
from rlsproject.variables import Section, Setting

INTRODUCTION = """# Settings

Made by `manage.py settingsreference` from `rlsproject/environment`; do not edit.

Every setting is an environment variable. It may also stand in `.env` at the top of the
project (`RLS_ENV_FILE` names another file); the real environment wins. An empty variable
has its default. `manage.py check` says in words what does not make sense.

Those that are marked *live* can also be changed in the admin (Settings), where they take effect at once in
all processes; what is said there wins over the environment.
"""
PRODUCTION = """
## In production

Behind a proxy that ends TLS, with these `manage.py check --deploy` has nothing to say:

```
SECRET_KEY=<50 random characters or more>
ALLOWED_HOSTS=rls.example.com
CSRF_TRUSTED_ORIGINS=https://rls.example.com
BEHIND_HTTPS=1
DATABASE_URL=postgresql://rls:password@db.example.com/rls
BROKER_URL=redis://broker.example.com/0
RLS_SIP_LISTEN=udp:192.0.2.10:5060,tcp:192.0.2.10:5060
RLS_SIP_AUTH=digest
LOG_FORMAT=json
```
"""


def markdown() -> str:
    return INTRODUCTION + "".join(_table(section) for section in SECTIONS) + PRODUCTION


def _table(section: Section) -> str:
    head = f"\n## {section.title}\n\n| Variable | Default | Kind, unit | Meaning |\n|---|---|---|---|\n"
    return head + "".join(_row(setting) for setting in section.settings)


def _row(setting: Setting) -> str:
    default = f"`{setting.default}`" if setting.default else "(empty)"
    kind = ", ".join(filter(None, (setting.kind.value, setting.unit)))
    live = " *Live.*" if setting.live else ""
    return f"| `{setting.name}` | {default} | {kind} | {setting.help}{live} |\n"


def env_example() -> str:
    """Every variable with its default, commented out."""
    blocks = (f"# ---- {section.title}\n{_examples(section)}" for section in SECTIONS)
    return "# Copy to .env and uncomment what you change (docs/reference/settings.md).\n\n" + "\n".join(
        blocks
    )


def _examples(section: Section) -> str:
    return "".join(f"# {setting.help}\n#{setting.name}={setting.default}\n" for setting in section.settings)
