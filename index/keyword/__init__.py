"""The keyword side of an index: which passages contain a term, how often and where."""
