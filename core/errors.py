"""Errors that a person can mend. They carry a code and parameters; the words live in the UI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any


class AppError(Exception):
    """An expected failure with a stable code.

    Args:
        code: stable identifier such as ``"no_count_column"``; never holds data of the person.
        **params: values that the message may show (names of columns, counts, dates).

    >>> error = AppError("empty_file", filename="a.csv")
    >>> error.code, dict(error.params)
    ('empty_file', {'filename': 'a.csv'})
    """

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, Any] = MappingProxyType(params)

    def __reduce__(self) -> tuple[Any, ...]:
        """Keep code and parameters through pickling (caches copy by pickle)."""
        return (_rebuild, (type(self), self.code, dict(self.params)))


def _rebuild(kind: type[AppError], code: str, params: dict[str, Any]) -> AppError:
    return kind(code, **params)


class ExportError(AppError):
    """The dropped file cannot be read as traffic. ``core.ingest`` raises nothing else.

    ``faults`` lists everything that is wrong with the file, so that a person mends it in one go.

    >>> error = ExportError.of([("no_count_column", {"columns": ("Date",)}), ("no_rows", {})])
    >>> error.code, [fault.code for fault in error.faults]
    ('no_count_column', ['no_count_column', 'no_rows'])
    """

    @classmethod
    def of(cls, faults: Sequence[tuple[str, dict[str, Any]]]) -> ExportError:
        """One error out of several faults; its code is the code of the first."""
        code, params = faults[0]
        return cls(code, **params, others=tuple(faults[1:]))

    @property
    def faults(self) -> tuple[AppError, ...]:
        """Every fault found, this one first, each with its own code and parameters."""
        params = {key: value for key, value in self.params.items() if key != "others"}
        others = (AppError(code, **more) for code, more in self.params.get("others", ()))
        return (AppError(self.code, **params), *others)


class NotEnoughData(AppError):
    """The traffic is fine, but too short or too thin for the question asked."""
