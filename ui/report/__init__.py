"""The stakeholder report: contents, where they stand on a page, and three kinds of file."""
