"""What docs/benchmarks.md and some tables of docs/cluster.md and docs/theory_condensate.md are made with."""
