"""Recommendations: what to do, and how to test it?"""

from ui.page import open_page
from ui.sections import recommendations

view = open_page("recommendations")
found = recommendations.weigh(view)
recommendations.draw_answer(found)
recommendations.draw_at_stake(view, found)
recommendations.draw_cards(found)
