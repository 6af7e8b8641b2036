"""Correlations: which numbers move together, and which are the same number twice?"""

import streamlit as st

from ui.page import open_page
from ui.sections import (
    correlations,
    correlations_list,
    correlations_matrix,
    correlations_pair,
)
from ui.sections.take_away import draw_take_away

view = open_page("correlations")
place = st.container()
asked = correlations.ask(view)
with place:
    result = correlations.correlate(view, asked)
    correlations.draw_answer(view, asked, result)
pair = correlations_matrix.draw_matrix(view, asked, result)
correlations_pair.draw_pair(view, asked, result, pair)
correlations_list.draw_list(view, asked, result)
draw_take_away(view, "correlations")
