"""Trends: when do people come, and what was that spike?"""

from ui.page import open_page
from ui.sections import trends

view = open_page("trends")
trends.draw_answer(view)
trends.draw_over_time(view)
trends.draw_rhythm(view)
trends.draw_hours(view)
trends.draw_spikes(view)
