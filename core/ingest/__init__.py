"""From the bytes of a dropped file to ``Traffic``, with notes on what was skipped or doubted.

The way through: ``decode`` (bytes to text), ``tables`` (text to tables), ``columns`` (headers to
concepts), ``numbers`` and ``times`` (cells to values), ``counts`` (rates back to additive counts),
``checks`` (do the numbers agree with each other), ``read`` (the order of these steps).
"""

from core.ingest.notes import Import, Note
from core.ingest.read import MAX_BYTES, read_export

__all__ = ["MAX_BYTES", "Import", "Note", "read_export"]
