{#- What became in P7 of pupils who were judged in P4 three years before, of one organiser, by results of both years; of
    those judged in one of the years alone, in which: they left, came, or could not be assessed. -#}
{% macro progress_result(in_p4, in_p7) -%}
    {%- set judged = "('achieved', 'not_achieved')" -%}
    case
            when {{ in_p4 }} in {{ judged }} and {{ in_p7 }} in {{ judged }}
                then case
                    when {{ in_p4 }} = 'achieved' and {{ in_p7 }} = 'achieved' then 'reached'
                    when {{ in_p4 }} = 'achieved' then 'missed'
                    when {{ in_p7 }} = 'achieved' then 'caught_up'
                    else 'still_below'
                end
            when {{ in_p4 }} = 'achieved' then 'p4_alone_achieved'
            when {{ in_p4 }} = 'not_achieved' then 'p4_alone_not_achieved'
            when {{ in_p7 }} = 'achieved' then 'p7_alone_achieved'
            when {{ in_p7 }} = 'not_achieved' then 'p7_alone_not_achieved'
            else 'not_asked'
        end
{%- endmacro %}

{#- Whether a pupil was taught in Gaelic or in English in a return, or is not in it. -#}
{% macro taught_then(taught_in, absent) -%}
    case
            when {{ taught_in }} is null then '{{ absent }}'
            when {{ taught_in }} = 'english' then 'english'
            else 'gaelic'
        end
{%- endmacro %}

{#- Organisers that are followed from P4 to P7, in English, literacy among them. -#}
{% macro followed_organisers() -%}
    {{ return(returned_columns()[:5]) }}
{%- endmacro %}

{#- Counts of progress by name, with the results that stand in each. -#}
{% macro progress_counts() -%}
    {%- set followed = ['reached', 'missed', 'caught_up', 'still_below'] -%}
    {{ return({
        'p4_cohort': followed + ['p4_alone_achieved', 'p4_alone_not_achieved'],
        'p4_achieved': ['reached', 'missed', 'p4_alone_achieved'],
        'followed': followed,
        'at_first_level': ['reached', 'missed'],
        'reached_second_level': ['reached'],
        'p7_cohort': followed + ['p7_alone_achieved', 'p7_alone_not_achieved'],
        'p7_achieved': ['reached', 'caught_up', 'p7_alone_achieved'],
    }) }}
{%- endmacro %}

{#- Of each organiser: both cohorts, who is followed, who of them was at first level in P4, who of these reached second
    level in P7, and the share of these. -#}
{% macro progress_figures(pupils) -%}
    {%- for organiser in followed_organisers() -%}
        {%- set found = {} -%}
        {%- for name, results in progress_counts().items() -%}
            {%- set condition = pupils ~ "." ~ organiser ~ "_progress in ('" ~ results | join("', '") ~ "')" -%}
            {%- do found.update({name: "count(*) filter (where " ~ condition ~ ")"}) %}
        ({{ found[name] }})::integer as {{ organiser }}_{{ name }},
        {%- endfor %}
        {{ share(found['reached_second_level'], found['at_first_level']) }} as {{ organiser }}_progress_share
            {{- ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- What whoever has both returns works out of progress, by the results that stand in it. -#}
{% macro progress_remainders() -%}
    {{ return([
        ['reached'], ['missed'], ['p4_alone_achieved'], ['p4_alone_not_achieved'],
        ['caught_up', 'p7_alone_achieved'], ['caught_up', 'still_below'], ['still_below', 'p7_alone_not_achieved'],
        ['p7_alone_achieved', 'p7_alone_not_achieved'],
    ]) }}
{%- endmacro %}

{#- Whether progress of a group of pupils may be told: somebody is followed, and nothing that follows from it and from both
    returns is of so few pupils. -#}
{% macro is_progress_told(pupils) -%}
    bool_or({{ pupils }}.literacy_progress in ('reached', 'missed', 'caught_up', 'still_below')
            or {{ pupils }}.numeracy_progress in ('reached', 'missed', 'caught_up', 'still_below'))
        {%- for organiser in followed_organisers() %}
        {%- for results in progress_remainders() %}
        and count(*) filter (where {{ pupils }}.{{ organiser }}_progress in ('{{ results | join("', '") }}'))
            not between 1 and {{ var('progress_smallest_remainder') }} - 1
        {%- endfor -%}
        {%- endfor -%}
{%- endmacro %}

{#- The academic year so many years after another. -#}
{% macro years_after(academic_year, years) -%}
    ((left({{ academic_year }}, 4)::integer + {{ years }})::text || '/'
        || lpad(((left({{ academic_year }}, 4)::integer + {{ years }} + 1) % 100)::text, 2, '0'))
{%- endmacro %}
