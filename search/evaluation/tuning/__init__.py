"""Parameters that suit judgements of a user's own, and whether that is more than luck."""
