"""Exports that are known by the names of their columns."""

import tomllib
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct


class Preset(Struct, frozen=True, forbid_unknown_fields=True):
    """What the columns of a common export are for."""

    id: str
    name: str
    needs: tuple[str, ...]
    case: tuple[str, ...]
    step: tuple[str, ...] = ()
    time: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    resource: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    promise: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    case_type: tuple[str, ...] = ()
    cost: tuple[str, ...] = ()
    clock: tuple[str, ...] = ()
    wide: tuple[str, ...] = ()
    """Columns of dates, where there is one row a case."""

    def fits(self, names: tuple[str, ...]) -> bool:
        """Whether a log has all columns that the export is known by."""
        return set(self.needs) <= {name.lower() for name in names}

    def column(self, use: str, names: tuple[str, ...]) -> str:
        """Return the column of a log for a use, empty if the export has none."""
        by_lower = {name.lower(): name for name in names}
        return next((by_lower[name] for name in getattr(self, use) if name in by_lower), "")

    def dates(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return the columns of dates that a log has."""
        by_lower = {name.lower(): name for name in names}
        return tuple(by_lower[name] for name in self.wide if name in by_lower)


@cache
def presets() -> tuple[Preset, ...]:
    """Return all known exports."""
    content = tomllib.loads(Path(__file__).with_name("presets.toml").read_text("utf-8"))
    return msgspec.convert(content["preset"], tuple[Preset, ...])


def preset_of(names: tuple[str, ...]) -> Preset | None:
    """Return the export that a log is, by the names of its columns; the first one that fits."""
    return next((preset for preset in presets() if preset.fits(names)), None)
