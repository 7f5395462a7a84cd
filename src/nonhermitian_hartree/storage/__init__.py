"""Tables as files: Parquet and CSV, their columns and origin, written whole or not at all."""
