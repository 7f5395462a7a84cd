"""What claims measure on tables, by what they are about."""
