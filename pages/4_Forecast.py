"""Forecast: what to expect next, and how sure is that?"""

from ui.page import open_page
from ui.sections import forecast

view = open_page("forecast")
question = forecast.ask(view)
result = forecast.make(view, question)
forecast.draw_answer(question, result)
forecast.draw_ahead(view, question, result)
forecast.draw_odds(view, question, result)
forecast.draw_replay(view, question, result)
