"""What the benchmarks share: truth and its tables, other people and conditions, the stages of a frame."""
