"""Synthetic extracts: pupils that do not exist, in the schools that do, as published statistics describe them."""

from orchestration.synthetic.generate import generate, generate_pupils_only
from orchestration.synthetic.options import FURTHER_FEEDS, OrderError, Progress, SynthOptions, SynthResult

__all__ = ["FURTHER_FEEDS", "OrderError", "Progress", "SynthOptions", "SynthResult", "generate", "generate_pupils_only"]
