"""Links to results, and the secrets that sign what goes out and comes back."""
