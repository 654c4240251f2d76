"""Evidence of the words of a query: weights, exact finds, trust in its vector, probability."""
