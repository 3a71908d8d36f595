"""Attainment of the made-up authority: the same ability from the levels of P1 to the results of leavers."""
