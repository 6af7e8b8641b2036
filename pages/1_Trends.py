"""Trends: when do people come, is this week different, and what was that peak?"""

import streamlit as st

from ui.page import open_page
from ui.sections import notes, over_time, rhythm, stood_out, trends, what_was_that
from ui.sections.take_away import draw_take_away

view = open_page("trends")
trends.draw_answer(view)
glance = st.container()
choice = over_time.ask(view)
events = stood_out.find_events(view, choice.metric)
with glance:
    trends.draw_glance(view, events)
picked = over_time.draw_over_time(view, choice)
what_was_that.draw_what_was_that(view, choice.metric, picked, events)
rhythm.draw_week(view, choice.metric)
levels = stood_out.find_levels(view, choice.metric)
stood_out.draw_stood_out(view, events, levels)
trends.draw_missing(view, choice.metric, events, levels)
notes.draw_notes(view, choice.metric)
draw_take_away(view, "trends")
