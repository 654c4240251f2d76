"""Languages, and what splits texts into terms, sentences and passages by them."""
