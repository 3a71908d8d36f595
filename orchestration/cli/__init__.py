import sys


def main() -> None:
    """Entry point."""
    sys.exit("not yet")
