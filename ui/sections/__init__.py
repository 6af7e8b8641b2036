"""The parts of each page: ask, call ``core``, say the finding, show a card. Needs a ``View``."""
