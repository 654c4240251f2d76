"""How an index is asked: queries, legs, fusion, ranking, explanation, evaluation."""
