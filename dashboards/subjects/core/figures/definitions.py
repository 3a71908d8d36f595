"""What the page *About the data* says: definitions, how figures are protected, and what may be compared.

The numbers in these words are the settings under which figures are made; ``tests/unit/test_dashboards_definitions.py``
holds them against the settings of the warehouse.
"""

OF_HALF_DAYS: tuple[tuple[str, str, str], ...] = (
    ("Half day", "A morning or an afternoon in which the school is open to the pupil.", "Also called an opening."),
    (
        "Attendance",
        "Half days attended, of all half days possible.",
        "Attended / possible. Late before the middle of the half day, work experience, and sickness with teaching "
        "provided count as attended.",
    ),
    (
        "Possible half days",
        "Half days for which it is known whether the pupil was there.",
        "Attended + authorised + unauthorised + excluded + unknown reason. Extended leave with the parents' consent "
        "is left out.",
    ),
    (
        "Authorised absence",
        "Absence with a reason that the school accepts.",
        "Sickness, very late, authorised holiday, exceptional domestic circumstances, other authorised.",
    ),
    (
        "Not authorised",
        "All other absence, together.",
        "Unauthorised + excluded + unknown reason. For one school these are shown together, since exclusions alone "
        "are a handful of children.",
    ),
    (
        "Unknown reason",
        "A code that is neither national nor matched to a national one.",
        "Counted as absence until it is matched. Above 1% of such codes a school's figures are not available ([x]).",
    ),
    (
        "Persistent absence",
        "The share of pupils who were absent in 10% or more of their half days in the school year so far.",
        "Over all schools of the authority, for pupils with at least 20 possible half days; counted at the pupil's "
        "main school. Exclusion counts as absence.",
    ),
    ("Severe absence", "The same, for 50% or more.", "Part of persistent absence."),
    (
        "Completeness",
        "How much of what should have been recorded was recorded.",
        "Half days with a mark / half days expected by calendar and enrolment. Below 90% the figures are not "
        "available ([x]).",
    ),
)

OF_SCHOOLS: tuple[tuple[str, str, str], ...] = (
    (
        "School",
        "A SEED code and a sector.",
        "One SEED code can be a primary and a secondary school; each has its own figures.",
    ),
    (
        "Stage, sex and area of a pupil",
        "Fixed for the school year at the September census, or on the day a pupil first appears after it.",
        "So groups hold the same pupils all year. Before the census they may still change: figures say provisional.",
    ),
    (
        "Same weeks last year",
        "The same number of school weeks from the first open day of each year.",
        "Weeks are school weeks: holidays do not count.",
    ),
    (
        "Scotland",
        "The latest published national figure for the same group.",
        "From the official statistics named below. It is never worked out from the schools shown here.",
    ),
    ("School year", "August to July, written 2025/26.", "Weeks begin on Monday."),
    (
        "Data as at",
        "The last half day with marks at half or more of the authority's open schools.",
        "Nothing after it is counted, even where single schools have sent more.",
    ),
)

OF_ATTAINMENT: tuple[tuple[str, str, str], ...] = (
    (
        "Expected level",
        "Early level by the end of P1, first by P4, second by P7 and third by S3, or better.",
        "By teachers' judgement in June. Who could not be assessed is not counted; who follows individual milestones "
        "is, and has not achieved. Literacy asks for reading, writing, and listening and talking.",
    ),
    (
        "Leavers with an award",
        "The share of a year's leavers who have so many awards at an SCQF level or better.",
        "Each subject once, by its latest and best award. National Qualifications and All SCQF are two measures; All "
        "SCQF lacks awards of other providers that do not reach SEEMiS.",
    ),
    (
        "Positive destination",
        "The share of leavers in higher or further education, work, training, voluntary work or personal skills "
        "development.",
        "Three months after leaving (initial) and nine (follow-up). Who has no known destination is not positive.",
    ),
    (
        "Results by the end of S4, S5 and S6",
        "The share of an S4 roll with so many awards by then, whether pupils stayed on or not.",
        "Of the pupils in S4 at the census. Before the reviews of autumn they may still change.",
    ),
)

DEFINITIONS = (*OF_HALF_DAYS, *OF_SCHOOLS, *OF_ATTAINMENT)

PROTECTION: tuple[str, ...] = (
    "A figure that rests on 1 to 4 pupils is not shown: it could point at a child. The page says that there are too "
    "few pupils to show, a file has [c].",
    "Some further figures are hidden with it, so that nobody can work it out by taking one figure from another. A "
    "hidden figure is therefore not always a small one.",
    "What is hidden stays hidden for the whole school year, even where more pupils join: a figure that comes and goes "
    "can be worked out from the two dates.",
    "Authorised and other absence, late arrivals and reasons are brought up to date at the end of each month only. "
    "Until then the open month is not shown.",
    "A count of persistent absence changes when a month ends, if at least five pupils have moved. Until then it "
    "stands as it was, with its date beside it.",
    "Totals of a school are shown from the tenth open day of the year, groups and persistent absence after the "
    "September census. Until then they are not available.",
    "Zero is shown as zero. Hidden is not zero, and missing is not zero.",
)

SIMD: tuple[str, ...] = (
    "SIMD, the Scottish Index of Multiple Deprivation, ranks 6,976 small areas of Scotland from most to least "
    "deprived. Here it is the edition of 2020 (version 2), and the fifths are fifths of all areas of Scotland.",
    "It describes the area that a pupil lives in, not the pupil and not the school. Many pupils in deprived areas are "
    "not deprived, and many deprived pupils live elsewhere, above all in rural areas.",
    "It does not say how much more deprived one area is than another, nor whether an area has changed since 2020.",
    "Pupils whose area is not known are never left out: they are a group of their own for the authority, and with the "
    "rest for one school.",
    "One school's pupils are shown in three groups instead of five, because five would show single children.",
)

COMPARING: tuple[tuple[str, str, str], ...] = (
    ("Attendance between schools, authorities and years", "Yes", "The measure is the same everywhere."),
    (
        "Attendance with the same weeks of the year before",
        "Yes",
        "Weeks are counted from the first open day of each year.",
    ),
    (
        "Reasons for absence between schools or authorities",
        "No",
        "Schools record reasons in different ways, as the official publications say. Use them within one school.",
    ),
    (
        "A part of a year with a whole year",
        "No",
        "Attendance is higher in August than in winter. The national figures are of whole years.",
    ),
    (
        "Persistent absence early and late in a year",
        "With care",
        "After few weeks a short illness is enough to reach 10%. Compare the same month of two years.",
    ),
    (
        "Deprivation groups of one school with those of another",
        "With care",
        "Groups are of areas, and some rest on few pupils.",
    ),
    (
        "Small schools with large ones",
        "With care",
        "In a small school one child moves the figure: look at several months.",
    ),
    (
        "Levels of primaries with those of S3, and levels on two sides of a break",
        "No",
        "The expected level is another one; in 2019/20 nothing was collected, in 2020/21 of primaries alone.",
    ),
    (
        "National Qualifications with All SCQF, initial with follow-up destinations",
        "No",
        "They count other awards, and the same leavers at other times.",
    ),
    (
        "Results of 2020 to 2023 with those before and after",
        "No",
        "Exams were not held, or had fewer parts and other grading.",
    ),
    (
        "Attainment of one school with that of another",
        "With care",
        "Look at the cohort and at where pupils live beside it. Schools are listed by name and never by result.",
    ),
    (
        "Figures here with figures in SEEMiS",
        "With care",
        "This is a copy made at night for analysis. For a decision about one pupil use the live record.",
    ),
)
