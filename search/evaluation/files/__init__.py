"""Files of test collections and runs: topics, judgements, rankings."""
