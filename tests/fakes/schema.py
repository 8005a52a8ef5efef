"""An independent model of every method and update: aiogram's. Slow to import: only where calls are checked."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from tests.fakes.bodies import Upload
from tests.fakes.errors import JSON


def problems(method: str, params: JSON) -> list[str]:
    """Return what is wrong with a call by aiogram's model of it: types, missing and unknown fields."""
    model = _methods().get(method.lower())
    if model is None:
        return [f"{method}: aiogram knows no such method"]
    plain = {name: _plain(value) for name, value in params.items()}
    try:
        call = model.model_validate(plain)
    except ValidationError as error:
        return [f"{method}.{_path(e['loc'])}: {e['msg']}" for e in error.errors(include_input=False)]
    return [f"{method}.{path}: unknown field" for path in _extras(call, "")]


def read_update(update: JSON) -> Any:
    """Return aiogram's reading of an update.

    Raises:
        ValueError: If it has missing, wrong or unknown fields.

    """
    from aiogram.types import Update

    read = Update.model_validate(update)
    if extras := list(_extras(read, "")):
        raise ValueError(f"unknown fields: {', '.join(extras)}")
    return read


@cache
def _methods() -> dict[str, type[BaseModel]]:
    from aiogram import methods

    every = (getattr(methods, name) for name in methods.__all__)
    named = ((getattr(model, "__api_method__", None), model) for model in every)
    return {name.lower(): model for name, model in named if isinstance(name, str)}


def _plain(value: Any) -> Any:
    return f"attach://{value.name}" if isinstance(value, Upload) else value


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location))


def _extras(value: object, path: str) -> Iterator[str]:
    """Yield every field that the models do not know; aiogram itself keeps them silently."""
    if isinstance(value, BaseModel):
        for name in value.model_extra or ():
            yield path + name
        for name in value.model_fields_set:
            yield from _extras(getattr(value, name, None), f"{path}{name}.")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _extras(item, f"{path}{index}.")
