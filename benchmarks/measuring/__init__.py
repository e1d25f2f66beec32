"""What the benchmarks share: truth and its tables, other people and circumstances, the stages of a frame."""
