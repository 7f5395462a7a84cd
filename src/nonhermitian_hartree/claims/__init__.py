"""Claims that are measured on tables and pass or fail."""
