"""SQL for figures of attainment as pages write them: to compare a page with its table, cell by cell."""


def shown(column: str, organiser: str) -> str:
    """SQL for a share, or a count where the cohort is small, or why there is none."""
    return of_part(column, f"{organiser}_cohort", f"{organiser}_achieved", f"{organiser}_share")


def of_part(column: str, cohort: str, achieved: str, share: str) -> str:
    """The same of any cohort, who of it achieved, and the share."""
    return (
        f"case when {achieved} is null or {share} is null then coalesce({achieved}_symbol, '[x]') "
        f"when {cohort} < 50 then {achieved} || ' of ' || {cohort} else {column} end"
    )


def share(organiser: str) -> str:
    """A share in a table beside its cohort."""
    return shown(f"round(100 * {organiser}_share, 1) || '%%'", organiser)


def of_cohort(organiser: str) -> str:
    """A share in a table without its cohort."""
    return shown(f"round(100 * {organiser}_share, 1) || '%%' || coalesce(' of ' || {organiser}_cohort, '')", organiser)


def cohort(organiser: str) -> str:
    """Pupils of a cohort, or why they are not shown."""
    return f"coalesce({organiser}_cohort::text, {organiser}_cohort_symbol)"


def in_group(measure: str) -> str:
    """A share of a group of pupils, and the pupils of it."""
    achieved, told = f"achieved_in_{measure}", f"share_in_{measure}"
    share = of_part(f"round(100 * {told}, 1) || '%%'", "cohort", achieved, told)
    return f"{share}, coalesce(cohort::text, cohort_symbol)"
