"""Everything a person sees: pages, charts, words, downloads. Calls ``core``, never the reverse."""
