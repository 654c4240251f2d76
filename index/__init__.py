"""What is built: articles, passages, postings, vectors, and the folder that holds them."""
