"""Measures KeiRouter beside nginx on the same path; see BENCHMARKS.md."""
