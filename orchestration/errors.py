"""The one base class of errors that a person is meant to read."""


class WarehouseError(Exception):
    """Something went wrong in a way that can be explained: the message says what, where and what to do next.

    It never holds a value that identifies a pupil, so it may be printed and logged anywhere.
    """
