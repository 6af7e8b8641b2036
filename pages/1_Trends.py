"""Trends: when do people come, is this week different, and what was that peak?"""

import streamlit as st

from core.errors import NotEnoughData
from ui.page import open_page
from ui.sections import notes, over_time, rhythm, stood_out, trends, what_was_that

view = open_page("trends")
trends.draw_answer(view)
glance = st.container()
choice = over_time.ask(view)
events = stood_out.find_events(view, choice.metric)
with glance:
    trends.draw_glance(view, events)
picked = over_time.draw_over_time(view, choice)
known = None if isinstance(events, NotEnoughData) else events
what_was_that.draw_what_was_that(view, choice.metric, picked, known)
st.subheader("The week")
rhythm.draw_rhythm(view, choice.metric)
rhythm.draw_blocks(view, choice.metric)
rhythm.draw_hours(view)
stood_out.draw_spikes(view, events)
stood_out.draw_levels(view, choice.metric)
notes.draw_notes(view, choice.metric)
