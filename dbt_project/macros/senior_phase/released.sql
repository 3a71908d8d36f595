{#- How far leavers come in All SCQF: how many awards at levels 4, 5, 6 and 7 or better, as digits. At 4 they are 0 (fewer
    than three), 3 and 5 (or more); at 5 and 6 0, 1, 3 and 5; at 7 0 and 1. Nobody has more at a level than below it. -#}
{% macro all_scqf_steps() -%}
    {%- set found = [] -%}
    {%- for at_4 in (0, 3, 5) -%}{%- for at_5 in (0, 1, 3, 5) -%}{%- for at_6 in (0, 1, 3, 5) -%}{%- for at_7 in (0, 1) -%}
        {%- if at_5 <= [at_4, 1] | max and at_6 <= at_5 and at_7 <= at_6 -%}
            {%- do found.append(at_4 ~ '' ~ at_5 ~ at_6 ~ at_7) -%}
        {%- endif -%}
    {%- endfor -%}{%- endfor -%}{%- endfor -%}{%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- Measures of All SCQF for pairs of number and level: measure, result, and the steps that reach it. -#}
{% macro all_scqf_measures(pairs) -%}
    {%- set found = [] -%}
    {%- for number, level in pairs -%}
        {%- set steps = [] -%}
        {%- for step in all_scqf_steps() if step[level - 4] | int >= number -%}{%- do steps.append(step) -%}{%- endfor -%}
        {%- do found.append(('all_scqf_' ~ number ~ '_at_' ~ level, 'all_scqf', steps)) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- Breadth and depth: the measures of leavers and the rest of one, three and five awards in All SCQF at levels 4 to 7.
    Fifths of areas do without them. -#}
{% macro breadth_and_depth() -%}
    {{ return(leaver_measures() + all_scqf_measures([(3, 4), (3, 5), (3, 6), (1, 7)])) }}
{%- endmacro %}

{#- What is released of leavers: measure, the values of the result that reach it, and the result. -#}
{% macro leaver_measures() -%}
    {{ return([
        ('national_1_at_4', 'national', ['4', '5', '6']),
        ('national_1_at_5', 'national', ['5', '6']),
        ('national_1_at_6', 'national', ['6'])
    ] + all_scqf_measures([(1, 5), (1, 6), (5, 4), (5, 5), (5, 6)])) }}
{%- endmacro %}

{#- What is released of the S4 roll: by the end of a stage the measures of a set, and the values that reach them. One or
    more at level 4 is of National Qualifications alone: the few with another award at 4 would be the difference. -#}
{% macro s4_roll_measures(award_set, end) -%}
    {%- set at_4 = [('1_at_4', ['4', '5', 'five_5'])] if award_set == 'national' else [] -%}
    {{ return({
        's4': at_4 + [('1_at_5', ['5', 'five_5']), ('5_at_5', ['five_5'])],
        's5': [('1_at_6', ['6', 'three_6', 'five_6']), ('3_at_6', ['three_6', 'five_6']), ('5_at_6', ['five_6'])],
        's6': [('1_at_7', ['7'])],
    }[end]) }}
{%- endmacro %}

{#- Where a leaver is in the steps of a measure of one or more: below_4, or the best level of 4 to 6. -#}
{% macro best_of_one(best) -%}
    case when {{ best }} >= 4 then least({{ best }}, 6)::text else 'below_4' end
{%- endmacro %}

{#- Where a leaver is among the steps of All SCQF, by the subjects at each level or better. -#}
{% macro all_scqf_step(best) -%}
    {%- for level in (4, 5, 6, 7) -%}
        {%- set here = best ~ '.all_scqf_at_' ~ level %}
        {{ '|| ' if not loop.first }}case
                {% for number in {4: (5, 3), 5: (5, 3, 1), 6: (5, 3, 1), 7: (1,)}[level] -%}
                    when {{ here }} >= {{ number }} then '{{ number }}'
                {% endfor -%}
                else '0'
            end
    {%- endfor -%}
{%- endmacro %}

{#- How many persons of the rows reach values of a result. -#}
{% macro counted_where(rows, result, values) -%}
    count(*) filter (where {{ rows }}.{{ result }} in ('{{ values | join("', '") }}'))
{%- endmacro %}

{#- Of how many persons a result is asked. -#}
{% macro asked_of(rows, result) -%}
    count(*) filter (where {{ rows }}.{{ result }} <> 'not_asked')
{%- endmacro %}

{#- Of leavers: how many there are, of how many results are known, and who reaches each measure, with shares. -#}
{% macro leaver_figures(leavers, measures=none) -%}
    count({{ leavers }}.pupil_token)::integer as leavers,
        ({{ asked_of(leavers, 'national') }})::integer as cohort
    {%- for measure, result, values in measures or leaver_measures() -%}
        ,
        ({{ counted_where(leavers, result, values) }})::integer as {{ measure }},
        {{ share(counted_where(leavers, result, values), asked_of(leavers, result)) }} as {{ measure }}_share
    {%- endfor -%}
{%- endmacro %}

{#- Of leavers of a school: the ten-point band of each share; null where none is shown. -#}
{% macro leaver_bands(leavers) -%}
    {%- for measure, result, values in breadth_and_depth() %}
        case
            when {{ asked_of(leavers, result) }} > {{ var('attainment_small_cohort') }}
                then {{ ten_point_band(counted_where(leavers, result, values), asked_of(leavers, result)) }}
        end as {{ measure }}_band{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- Gap of a part of those asked, in points: the least less the most deprived fifth; null without one among these. -#}
{% macro gap_of_areas(rows, result, values, has_most_deprived_fifth) -%}
    {%- set ends = {} -%}
    {%- for quintile in ('5', '1') -%}
        {%- set here = " and " ~ rows ~ ".simd_quintile = '" ~ quintile ~ "')" -%}
        {%- do ends.update({
            'part_' ~ quintile: counted_where(rows, result, values)[:-1] ~ here,
            'asked_' ~ quintile: asked_of(rows, result)[:-1] ~ here,
        }) -%}
    {%- endfor -%}
    case
            when coalesce({{ has_most_deprived_fifth }}, false)
                then {{ attainment_gap(ends.part_5, ends.asked_5, ends.part_1, ends.asked_1) }}
        end
{%- endmacro %}

{#- Of leavers: the gap of each measure, in points. -#}
{% macro leaver_gaps(leavers, has_most_deprived_fifth) -%}
    {%- for measure, result, values in leaver_measures() %}
        {{ gap_of_areas(leavers, result, values, has_most_deprived_fifth) }} as {{ measure }}_gap{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- Where leavers went, as it is released: what is positive by kind, and what is not, the unknown among it. -#}
{% macro positive_destination_groups() -%}
    {{ return(['higher_education', 'further_education', 'employment', 'other_positive']) }}
{%- endmacro %}

{#- A destination as it is released: by kind where it is positive in that year. -#}
{% macro released_destination(destination, is_positive) -%}
    case
        when not {{ is_positive }} then 'not_positive'
        when {{ destination }} in ('higher_education', 'further_education', 'employment') then {{ destination }}
        else 'other_positive'
    end
{%- endmacro %}

{#- Of leavers in one edition: of how many it is known, where they went, and how many are in a positive destination. -#}
{% macro destination_figures(leavers, edition) -%}
    ({{ asked_of(leavers, edition) }})::integer as {{ edition }}_cohort,
        {%- for group in positive_destination_groups() %}
        ({{ counted_where(leavers, edition, [group]) }})::integer as {{ edition }}_{{ group }},
        {%- endfor %}
        {{ positive_figures(leavers, edition) }}
{%- endmacro %}

{#- Of leavers in one edition: how many are in a positive destination, with the share. -#}
{% macro positive_figures(leavers, edition) -%}
    ({{ counted_where(leavers, edition, positive_destination_groups()) }})::integer as {{ edition }}_positive,
        {{ share(counted_where(leavers, edition, positive_destination_groups()), asked_of(leavers, edition)) }}
            as {{ edition }}_positive_share
{%- endmacro %}

{#- Of the S4 roll by the end of a stage: of how many results have come, and who reaches each measure, with shares. -#}
{% macro s4_roll_figures(pupils) -%}
    count({{ pupils }}.pupil_token)::integer as s4_roll
    {%- for end in ('s4', 's5', 's6') -%}
        ,
        ({{ asked_of(pupils, 'national_by_' ~ end) }})::integer as by_{{ end }}_cohort
        {%- for award_set in ('national', 'all_scqf') -%}
            {%- set result = award_set ~ '_by_' ~ end -%}
            {%- for measure, values in s4_roll_measures(award_set, end) -%}
                ,
        ({{ counted_where(pupils, result, values) }})::integer as by_{{ end }}_{{ award_set }}_{{ measure }},
        {{ share(counted_where(pupils, result, values), asked_of(pupils, result)) }}
            as by_{{ end }}_{{ award_set }}_{{ measure }}_share
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}

{#- Subjects with an award at a level or better by the end of each stage of an S4 roll, each once, by set of awards. -#}
{% macro s4_roll_counts(rolls, awards) -%}
    {%- for award_set, column in {'national': 'national_level', 'all_scqf': 'scqf_level'}.items() -%}
        {%- set is_last_set = loop.last -%}
        {%- for end, years, levels in [('s4', 0, [4, 5]), ('s5', 1, [6]), ('s6', 2, [7])] -%}
            {%- set is_last_end = loop.last -%}
            {%- for level in levels -%}
                count(distinct {{ awards }}.subject) filter (
            where {{ awards }}.{{ column }} >= {{ level }}
                and {{ awards }}.academic_year <= {{ years_after(rolls ~ '.academic_year', years) }}
        ) as {{ award_set }}_by_{{ end }}_at_{{ level }}{{ ',' if not (is_last_set and is_last_end and loop.last) }}
        {% endfor -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}

{#- How far each pupil of an S4 roll came by the end of each stage, by set of awards. -#}
{% macro s4_roll_steps(counted) -%}
    {%- for award_set in ('national', 'all_scqf') -%}
        {%- set here = counted ~ '.' ~ award_set -%}
        case
            when {{ here }}_by_s4_at_5 >= 5 then 'five_5'
            when {{ here }}_by_s4_at_5 >= 1 then '5'
            when {{ here }}_by_s4_at_4 >= 1 then '4'
            else 'below_4'
        end as {{ award_set }}_by_s4,
        case
            when {{ here }}_by_s5_at_6 >= 5 then 'five_6'
            when {{ here }}_by_s5_at_6 >= 3 then 'three_6'
            when {{ here }}_by_s5_at_6 >= 1 then '6'
            else 'below_6'
        end as {{ award_set }}_by_s5,
        case when {{ here }}_by_s6_at_7 >= 1 then '7' else 'below_7' end as {{ award_set }}_by_s6{{ ',' if not loop.last }}
        {% endfor -%}
{%- endmacro %}

{#- The same, where results have come; not_asked before. -#}
{% macro s4_roll_reached(reached, years) -%}
    {%- for end in ('s4', 's5', 's6') -%}
        {%- set is_last = loop.last -%}
        {%- for award_set in ('national', 'all_scqf') -%}
            case when {{ years }}.by_{{ end }} = 'not_yet' then 'not_asked' else {{ reached }}.{{ award_set }}_by_{{ end }} end
        as {{ award_set }}_by_{{ end }}{{ ',' if not (is_last and loop.last) }}
    {% endfor -%}
    {%- endfor -%}
{%- endmacro %}

{#- Whether a person reaches in both sets of awards what both count: the few in one alone are had by subtraction. -#}
{% macro reached_in(national, national_values, all_scqf, all_scqf_values) -%}
    {%- set is_national = national ~ " in ('" ~ national_values | join("', '") ~ "')" -%}
    {%- set is_all_scqf = all_scqf ~ " in ('" ~ all_scqf_values | join("', '") ~ "')" -%}
    case
        when {{ national }} = 'not_asked' then 'not_asked'
        when {{ is_national }} and {{ is_all_scqf }} then 'both'
        when {{ is_national }} or {{ is_all_scqf }} then 'one'
        else 'neither'
    end
{%- endmacro %}

{#- Of leavers, at the levels that both sets tell. -#}
{% macro leavers_reached_in(leavers) -%}
    {%- set values_of = {} -%}
    {%- for measure, result, values in leaver_measures() -%}{%- do values_of.update({measure: values}) -%}{%- endfor -%}
    {%- for level in ('1_at_5', '1_at_6') %}
    {{ reached_in(
        leavers ~ '.national', values_of['national_' ~ level], leavers ~ '.all_scqf', values_of['all_scqf_' ~ level]
    ) }} as reached_{{ level }}_in{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- Of the S4 roll, by the end of each stage at what both sets tell. -#}
{% macro s4_roll_reached_in(pupils) -%}
    {%- for end in ('s4', 's5', 's6') -%}
        {%- set is_last_end = loop.last -%}
        {%- for measure, values in s4_roll_measures('all_scqf', end) %}
    {{ reached_in(pupils ~ '.national_by_' ~ end, values, pupils ~ '.all_scqf_by_' ~ end, values) }}
        as by_{{ end }}_{{ measure }}_in{{ ',' if not (is_last_end and loop.last) }}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}
