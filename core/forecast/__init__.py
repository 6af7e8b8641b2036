"""What traffic to expect: a forecast that was tried on the past before it is shown.

``forecast`` is the one verb. It reads a history of counts, replays the past from several
moments ("folds"), lets methods compete there, and returns the forecast of their blend (or of a
simple method that did as well) with a band made from the errors of that replay.

    history.py      checks the series and lays it on a regular grid
    learning.py     what the methods learn from: without spikes, at the newest level
    special_days.py holidays and notes as flags
    profiles.py     the simple methods: same hour of last week, mean or median, the typical week
    model.py        Prophet; the only place that imports it
    smoothing.py    from a fit to counts: the recent level, damped growth, the mean
    methods.py      all that compete, by key
    backtest.py     plans the folds and replays the past
    contest.py      lets the methods compete: score, blend, choose
    bands.py        bands from the replay's errors, for each period and for sums
    engine.py       the verb itself
    assemble.py     bands, total, peak, accuracy and caveats round a mean; other levels
    accuracy.py     WAPE, MASE, bias, coverage, skill
    results.py      the types that come back

What is made from a forecast:

    sums.py         days, weeks and months, each with its own band
    odds.py         the chance of more than a given total
    channels.py     channels that add up to the forecast of all traffic
    rates.py        a rate as the ratio of two forecasts
    components.py   what a forecast is made of, in numbers and words
    what_if.py      a campaign laid over it, and the way to a goal
    cautious.py     one level only, for histories too short for all this
"""

from core.forecast.assemble import at_level
from core.forecast.cautious import LevelForecast, forecast_level
from core.forecast.channels import ChannelForecasts, forecast_channels
from core.forecast.components import Components, find_components
from core.forecast.engine import forecast
from core.forecast.odds import chance_of_more, odds_curve
from core.forecast.rates import RateForecast, forecast_rate
from core.forecast.results import Accuracy, Forecast, Peak, Total
from core.forecast.sums import sum_by
from core.forecast.what_if import (
    Campaign,
    CampaignEffect,
    Goal,
    plan_campaign,
    reach_goal,
    scale_total,
)

__all__ = [
    "Accuracy",
    "Campaign",
    "CampaignEffect",
    "ChannelForecasts",
    "Components",
    "Forecast",
    "Goal",
    "LevelForecast",
    "Peak",
    "RateForecast",
    "Total",
    "at_level",
    "chance_of_more",
    "find_components",
    "forecast",
    "forecast_channels",
    "forecast_level",
    "forecast_rate",
    "odds_curve",
    "plan_campaign",
    "reach_goal",
    "scale_total",
    "sum_by",
]
