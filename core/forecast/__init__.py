"""What traffic to expect: a forecast that was tried on the past before it is shown.

``forecast`` is the one verb. It reads a history of counts, replays the past from several
moments ("folds"), lets a few methods compete there, and returns the winner's forecast with a
band made from the errors of that replay.

    history.py    checks the series and lays it on a regular grid
    profiles.py   the simple methods: same hour of last week, mean or median of the prior weeks
    model.py      the Prophet recipe; the only place that imports Prophet
    backtest.py   plans the folds and replays the past
    contest.py    lets the methods compete: score, blend, choose
    engine.py     the verb itself
    bands.py      bands from the replay's errors, for each period and for the sum
    odds.py       the chance of more than a given total
    accuracy.py   WAPE, MASE, bias, coverage, skill
    results.py    the types that come back
"""

from core.forecast.engine import forecast
from core.forecast.odds import chance_of_more, odds_curve
from core.forecast.results import Accuracy, Forecast, Peak, Total

__all__ = ["Accuracy", "Forecast", "Peak", "Total", "chance_of_more", "forecast", "odds_curve"]
