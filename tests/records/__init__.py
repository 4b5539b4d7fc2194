"""Records in random shapes, built from known facts: mapping gives the facts back."""
