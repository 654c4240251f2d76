"""Search in an index: queries, legs, fusion, ranking, explanation, evaluation."""
