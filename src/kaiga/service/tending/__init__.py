"""What goes on beside the calls: forgetting what has expired, and counting."""
