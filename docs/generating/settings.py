"""The page of settings."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from docs.generating.markdown import code, kind_of, page, table
from streams.settings import CONFIG_VARIABLE, Settings, variable_of

_LEAD = f"""\
From the lowest to the highest: defaults, the TOML file that `{CONFIG_VARIABLE}` names, the
environment. An unknown name is refused with the nearest one that exists. In the file a section is a
table: `[policy]`, `hold_share = 0.03`."""


_SECRETS: dict[object, str] = {
    SecretStr: "secret text",
    tuple[SecretStr, ...]: "list of secret texts",
}


def settings_page() -> str:
    """Return the page."""
    sections = [_section(name, field) for name, field in Settings.model_fields.items()]
    return page("Settings", _LEAD, *sections)


def _section(name: str, section: FieldInfo) -> str:
    model: type[BaseModel] = section.annotation  # type: ignore[assignment]
    parts = [f"## {name}", str(model.__doc__), _fields(f"{name}.", model)]
    for field_name, field in model.model_fields.items():
        inner = _model_within(field)
        if inner is not None:
            entry = f"{name}.{field_name}.NAME"
            parts += [f"### {entry}", str(inner.__doc__), _fields("", inner)]
    return "\n\n".join(parts)


def _fields(path: str, model: type[BaseModel]) -> str:
    head = ["setting", "kind", "default", "meaning"]
    if path:
        head.insert(1, "variable")
    return table(head, [_row(path, name, field) for name, field in model.model_fields.items()])


def _row(path: str, name: str, field: FieldInfo) -> list[str]:
    kind = _SECRETS.get(field.annotation) or kind_of(field.annotation)
    bounds = ", ".join(filter(None, map(_bound, field.metadata)))
    row = [code(name), f"{kind}, {bounds}" if bounds else kind, _default(field)]
    if path:
        row.insert(1, code(variable_of(path + name)))
    return [*row, field.description or ""]


def _bound(limit: object) -> str:
    signs = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}
    return "".join(
        f"{sign} {getattr(limit, name)}" for name, sign in signs.items() if hasattr(limit, name)
    )


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        factory = field.default_factory
        return "the host's name" if factory.__name__ == "gethostname" else "empty"
    value: Any = field.default
    shown = value.get_secret_value() if isinstance(value, SecretStr) else value
    return "empty" if shown is None else code(shown) or "empty"


def _model_within(field: FieldInfo) -> type[BaseModel] | None:
    """Return the section that the entries of a table are, if they are any."""
    arguments = getattr(field.annotation, "__args__", ())
    last = arguments[-1] if arguments else None
    return last if isinstance(last, type) and issubclass(last, BaseModel) else None
