"""Measure the budgets of speed and memory, each beside its reference and in the same run."""
