"""Fields of articles: their values in columns, and filters over them."""
