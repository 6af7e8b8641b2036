"""Correlations: which numbers move together, and which are the same number twice?"""

from ui.page import open_page
from ui.sections import correlations

view = open_page("correlations")
result = correlations.ask_and_correlate(view)
correlations.draw_answer(result)
correlations.draw_matrix(view, result)
correlations.draw_pairs(view, result)
