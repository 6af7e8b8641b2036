"""Recommendations: what to do, and how to test it?"""

from ui.page import open_page
from ui.sections import recommendations
from ui.sections.recommendations_keep import draw_keeping
from ui.sections.take_away import draw_take_away

view = open_page("recommendations")
found = recommendations.weigh(view)
recommendations.draw_answer(view, found)
recommendations.draw_cards(view, found)
draw_keeping(view, found)
draw_take_away(view, "recommendations")
