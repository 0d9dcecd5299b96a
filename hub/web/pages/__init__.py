"""View models of the pages, and the presenters that make them from what the rooms answer. No HTTP and no SQL here."""
