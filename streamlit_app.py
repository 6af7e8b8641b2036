"""Home: drop a file or open the sample, see what was read, go on to the pages."""

from core.errors import NotEnoughData
from core.language import t
from ui.headline_numbers import draw_headline_numbers
from ui.help import why_not
from ui.page import open_home
from ui.sections import home
from ui.sections.over_time import draw_overview

view = open_home()
home.draw_failure()
if view is None:
    home.draw_welcome()
    home.draw_drop_zone()
else:
    home.draw_health(view)
    if home.has_selection(view):
        draw_headline_numbers(view)
        if view.traffic.has_time:
            draw_overview(view)
        else:
            why_not(t("Visits over time"), NotEnoughData("no_time"))
    home.draw_where_next(view)
    home.draw_drop_zone()
