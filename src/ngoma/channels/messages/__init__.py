"""What people write to the city in messages of their own, and what is said to that."""
