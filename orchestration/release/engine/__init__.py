"""Protection that a subject declares: which figures are shown, and which changes of them (RULES 33-35, 41-45).

Nothing here knows a mart, a measure or a database. A subject gives its persons and what is shown of them (``model``);
``cells`` derives all figures and how they add up, ``suppress`` decides what is hidden, ``changes`` what is held.
"""
