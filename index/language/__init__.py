"""Languages: texts to terms, sentences and passages."""
