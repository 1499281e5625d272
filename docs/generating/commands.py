"""The page of commands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from docs.generating.markdown import code, kind_of, page, table
from streams.cli import app

_LEAD = """\
What a user can cause ends in one line and exit code 1. Commands take [settings](settings.md) from
the environment and a file; `--help` works everywhere."""


def commands_page() -> str:
    """Return the page."""
    root = typer.main.get_command(app)
    return page("Commands", _LEAD, *_sections("greenlane", root))


def _sections(path: str, command: Any) -> Iterator[str]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield _command(path, command)
        return
    for name, one in inner.items():
        yield from _sections(f"{path} {name}", one)


def _command(path: str, command: Any) -> str:
    usage = " ".join([path, *map(_usage, command.params)])
    parts = [f"## {path}", str(command.help), f"```\n{usage}\n```"]
    if command.params:
        rows = [_row(one) for one in command.params]
        parts.append(table(["argument", "kind", "default", "meaning"], rows))
    return "\n\n".join(parts)


def _usage(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        many = "..." if parameter.nargs == -1 or parameter.multiple else ""
        return _name(parameter) + many if parameter.required else f"[{_name(parameter)}{many}]"
    text = parameter.opts[0] if parameter.is_flag else f"{parameter.opts[0]} {_metavar(parameter)}"
    return text if parameter.required else f"[{text}]"


def _name(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name.upper())
    return str(parameter.opts[0])


def _metavar(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name.upper())


def _row(parameter: Any) -> list[str]:
    kind = "flag" if getattr(parameter, "is_flag", False) else _kind(parameter)
    default = parameter.default
    shown = "needed" if parameter.required else code(default) if _is_set(default) else ""
    return [code(_name(parameter)), kind, shown, parameter.help or ""]


def _is_set(default: object) -> bool:
    return default is not None and default != () and not isinstance(default, bool)


def _kind(parameter: Any) -> str:
    kind = kind_of(parameter.type_descriptor.annotation)
    least, most = parameter.min, parameter.max
    bounds = [f">= {least}"] if least is not None else []
    bounds += [f"<= {most}"] if most is not None else []
    return ", ".join([kind, *bounds])
