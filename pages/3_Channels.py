"""Channels: which bring many visits, and which bring good ones?"""

from ui.page import open_page
from ui.sections import channels

view = open_page("channels")
channels.draw_answer(view)
channels.draw_volume(view)
for metric in channels.SHOWN_RATIOS:
    channels.draw_ratio(view, metric)
channels.draw_table(view)
