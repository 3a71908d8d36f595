"""Plants faults."""
from orchestration.synthetic.planted import Dressed, ExtraLines
import numpy as np


class Planter:
    faults = []
    def __init__(self, options): pass
    def kept_apart(self, world): return np.zeros(0, dtype=np.int64)
    def before_delivery(self, writer, place): pass
    def snapshot(self, writer, key, feed, table, planned): return Dressed(table)
    def attendance(self, writer, key, planned): return ExtraLines()
    def counted_extras(self, start): return []
    def year_begins(self, world, marks): pass
    def after_year(self, writer, out): return []
