"""Charts: a result of ``core`` in, an Altair chart out. Pure functions, no streamlit."""
