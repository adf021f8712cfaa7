"""docs/reference/cli.md, made from the parsers of our management commands.

Not from `--help`, whose layout differs between versions of Python.
"""

from __future__ import annotations

from argparse import Action, ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from textwrap import dedent

from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

APPS = ("rlsproject", "rls", "xcap", "sipworker")
INTRODUCTION = """# Commands

Made by `manage.py clireference` from the commands themselves; do not edit.

`make run` and `make test` need nothing else. These are the pieces: `.venv/bin/python manage.py COMMAND`.
Each has `--help`, and besides its own options those of every Django command (`--verbosity`,
`--settings`, `--traceback`, …). All read the same [settings](settings.md).
"""


def markdown() -> str:
    names = sorted(name for name, app in get_commands().items() if app in APPS)
    return INTRODUCTION + "".join(_section(name) for name in names)


def _section(name: str) -> str:
    command = load_command_class(get_commands()[name], name)
    parser = command.create_parser("manage.py", name)
    parts = "".join(_part(f"{name} {part}", each) for part, each in _parts(parser))
    return f"\n## {name}\n\n{command.help.strip()}\n{_table(parser)}{_examples(parser)}{parts}"


def _parts(parser: ArgumentParser) -> Iterator[tuple[str, ArgumentParser]]:
    """The subcommands."""
    for action in _actions(parser):
        if isinstance(action, _SubParsersAction):
            yield from action.choices.items()


def _part(name: str, parser: ArgumentParser) -> str:
    return f"\n### {name}\n\n{parser.description}\n{_table(parser)}{_examples(parser)}"


def _table(parser: ArgumentParser) -> str:
    options = "".join(
        _row(action) for action in _own_actions(parser) if not isinstance(action, _SubParsersAction)
    )
    return f"\n| Argument | Meaning |\n|---|---|\n{options}" if options else ""


def _own_actions(parser: ArgumentParser) -> Iterator[Action]:
    general = {
        text for action in _actions(BaseCommand().create_parser("", "")) for text in action.option_strings
    }
    return (action for action in _actions(parser) if not general.issuperset(action.option_strings or "-"))


def _actions(parser: ArgumentParser) -> list[Action]:
    return parser._actions  # argparse has no public way to them


def _row(action: Action) -> str:
    value = "" if action.nargs == 0 else _value(action)
    argument = " ".join(filter(None, (", ".join(action.option_strings), value)))
    needed = " (required)" if action.required and action.option_strings else ""
    return f"| `{argument}`{needed} | {action.help} |\n"


def _value(action: Action) -> str:
    if action.choices:
        return "\\|".join(map(str, action.choices))
    return str(action.metavar or (action.dest.upper() if action.option_strings else action.dest))


def _examples(parser: ArgumentParser) -> str:
    text = dedent(parser.epilog or "").strip()
    return f"\n```\n{text}\n```\n" if text else ""
