"""Glossary: what do the numbers and words mean?"""

from ui.page import start_page
from ui.sections import glossary

start_page("glossary")
glossary.draw_title()
asked = glossary.ask()
glossary.draw_metrics(asked)
glossary.draw_terms(asked)
