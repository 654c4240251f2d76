"""The keyword side of an index: who contains which term, how often and where."""
