"""Forecast: what to expect next, and how sure is that?"""

from ui.page import open_page
from ui.sections.forecast_ahead import draw_ahead
from ui.sections.forecast_answer import draw_answer, make
from ui.sections.forecast_channels import draw_channels
from ui.sections.forecast_check import draw_check
from ui.sections.forecast_odds import draw_odds
from ui.sections.forecast_parts import draw_parts
from ui.sections.forecast_plan import draw_plan
from ui.sections.forecast_question import ask
from ui.sections.take_away import draw_take_away

view = open_page("forecast")
question = ask(view)
result = make(view, question)
draw_answer(question, result)
draw_ahead(view, question, result)
draw_odds(view, question, result)
draw_channels(view, question)
draw_plan(view, question, result)
draw_check(view, question, result)
draw_parts(view, question, result)
draw_take_away(view, "forecast")
