"""Which files of tests begin, so that all processes end at the same time and none waits for what another makes.

The first fills the warehouse that most others copy, and the two after it need none. Then those that take longest.
"""

LONGEST_FIRST = (
    "faults/test_kills.py",
    "properties/test_release_protection.py",
    "properties/test_split_protection.py",
    "browser/test_pages.py",
    "faults/test_backup.py",
    "integration/test_canonical_history.py",
    "integration/test_add_a_feed.py",
    "docs/test_commands.py",
    "integration/test_main_job_handmade.py",
    "integration/test_main_job.py",
    "integration/test_cases.py",
    "properties/test_canonical_order.py",
    "integration/test_attainment_order.py",
    "integration/test_services.py",
    "integration/test_another_server.py",
    "integration/test_calendar_cases.py",
    "faults/test_torn_files.py",
    "integration/test_take_over.py",
    "integration/test_dbt_unit_tests.py",
    "integration/test_release_contained.py",
    "browser/test_keyboard.py",
    "integration/test_projects_in_the_main_job.py",
    "integration/test_attainment_truth.py",
    "project/test_lineage.py",
    "integration/test_canonical_enrolments.py",
)


def rank(path: str) -> int:
    """Place of a file (below ``tests``) in the order; all that are not named come last."""
    return LONGEST_FIRST.index(path) if path in LONGEST_FIRST else len(LONGEST_FIRST)
