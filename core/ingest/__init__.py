"""From the bytes of a dropped file to ``Traffic``, with notes on what was skipped or doubted.

The way through: ``unpack`` (archives and workbooks to texts), ``decode`` (bytes to UTF-8),
``tables`` and ``layout`` (text to tables), ``pivot`` (wide tables to long ones), ``columns``
(headers to concepts), ``rows`` (totals and copies), ``place`` with ``times`` and
``channel_groups`` (where a row belongs), ``counts`` with ``numbers`` (cells to additive counts),
``checks`` and ``quality`` (what is to be doubted), ``combine`` (several files). ``read`` is the
order of these steps; ``roles`` says what each concept is good for.
"""

from core.ingest.notes import Import, Note, Overrides, TableChoice
from core.ingest.read import MAX_BYTES, list_tables, read_export, read_exports

__all__ = [
    "MAX_BYTES",
    "Import",
    "Note",
    "Overrides",
    "TableChoice",
    "list_tables",
    "read_export",
    "read_exports",
]
