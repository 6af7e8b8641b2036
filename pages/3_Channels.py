"""Channels: which bring many visits, and which bring good ones?"""

import streamlit as st

from core.language import t
from ui.page import open_page
from ui.sections import channel_quality, channel_table, channel_volume, channels, unattributed
from ui.sections.take_away import draw_take_away

view = open_page("channels")
at_top = st.container()
metric = channels.ask_quality(view)
with at_top:
    channels.draw_answer(view, metric)
    channels.draw_glance(view, metric)
channel_quality.draw_quality(view, metric)
channel_quality.draw_map(view, metric)
st.subheader(t("How much each brings"))
channel_volume.draw_volume(view)
channel_volume.draw_growth(view)
channel_volume.draw_mix(view)
channel_volume.draw_rhythms(view)
unattributed.draw_unattributed(view)
channel_table.draw_table(view)
draw_take_away(view, "channels")
