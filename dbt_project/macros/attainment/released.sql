{#- Organisers as columns of who is released: column, organiser, language. Literacy is made of the first three. -#}
{% macro returned_organisers() -%}
    {{ return([
        ('reading', 'reading', 'english'), ('writing', 'writing', 'english'),
        ('listening_and_talking', 'listening_and_talking', 'english'), ('numeracy', 'numeracy', 'english'),
        ('gaelic_reading', 'reading', 'gaelic'), ('gaelic_writing', 'writing', 'gaelic'),
        ('gaelic_listening_and_talking', 'listening_and_talking', 'gaelic'),
    ]) }}
{%- endmacro %}

{#- How far a judged level is from the expected one, by their places in the order of levels: above it, expected, the one
    below it, or further below, where individual milestones and not yet early are in P4, P7 and S3. -#}
{% macro distance(position, expected_position) -%}
    case sign({{ position }} - {{ expected_position }})
            when 1 then 'above'
            when 0 then 'expected'
            else case {{ expected_position }} - {{ position }} when 1 then 'one_below' else 'further_below' end
        end
{%- endmacro %}

{#- Distances from the expected level as they are released, the highest first. -#}
{% macro distances() -%}
    {{ return(['above', 'expected', 'one_below', 'further_below']) }}
{%- endmacro %}

{#- A pupil's result out of the distance: who is at the expected level or above has achieved it. -#}
{% macro result_of(level) -%}
    case
            when {{ level }} in ('above', 'expected') then 'achieved'
            when {{ level }} in ('one_below', 'further_below') then 'not_achieved'
            else {{ level }}
        end
{%- endmacro %}

{#- How far a pupil came in one organiser and language, out of the pupil's judgements of the year. -#}
{% macro level_in(judged, organiser, language) -%}
    coalesce(
            max({{ judged }}.level) filter (
                where {{ judged }}.organiser = '{{ organiser }}' and {{ judged }}.language = '{{ language }}'
            ), 'not_asked'
        )
{%- endmacro %}

{#- Literacy of a pupil: achieved where all three organisers are; only who has a judgement in all three is in it. -#}
{% macro literacy_result(reading, writing, listening_and_talking) -%}
    {%- set every = '(' ~ [reading, writing, listening_and_talking] | join(', ') ~ ')' -%}
    case
        when 'not_asked' = all(array[{{ reading }}, {{ writing }}, {{ listening_and_talking }}]) then 'not_asked'
        when 'not_asked' in {{ every }} or 'not_assessed' in {{ every }} then 'not_assessed'
        when 'not_achieved' in {{ every }} then 'not_achieved'
        else 'achieved'
    end
{%- endmacro %}

{#- How a pupil is taught, by the judgements in Gaelic: its stage says whether English and numeracy are asked, too. -#}
{% macro taught_in(stage, gaelic_results) -%}
    case
        when 'not_asked' = all(array[{{ gaelic_results | join(', ') }}]) then 'english'
        when {{ stage }} = 'P1' then 'gaelic_without_numeracy'
        when {{ stage }} = 'P4' then 'gaelic'
        else 'gaelic_and_english'
    end
{%- endmacro %}

{#- Stages of the return with their sector, as a table. -#}
{% macro returned_stages() -%}
    (
        select
            expected_levels.stage,
            {{ sector_of_stage('expected_levels.stage') }} as sector
        from {{ ref('expected_levels') }} as expected_levels
        where expected_levels.measure = 'expected'
    )
{%- endmacro %}

{#- Of each organiser: cohort, who of it achieved, and the share; nobody joined counts as nobody. -#}
{% macro returned_figures(pupils) -%}
    {%- for organiser in returned_columns() %}
        {%- set cohort = "count(*) filter (where " ~ pupils ~ "." ~ organiser ~ " in ('achieved', 'not_achieved'))" -%}
        {%- set achieved = "count(*) filter (where " ~ pupils ~ "." ~ organiser ~ " = 'achieved')" %}
        ({{ cohort }})::integer as {{ organiser }}_cohort,
        ({{ achieved }})::integer as {{ organiser }}_achieved,
        {{ share(achieved, cohort) }} as {{ organiser }}_share{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- A result of groups of pupils: of who has a judgement in both literacy and numeracy, so that they are one cohort. -#}
{% macro result_of_both(result, other) -%}
    case
        when {{ result }} in ('achieved', 'not_achieved') and {{ other }} in ('achieved', 'not_achieved') then {{ result }}
        else 'not_asked'
    end
{%- endmacro %}

{#- Figures of groups of pupils: the cohort, and who of it achieved literacy and numeracy in English. -#}
{% macro group_figures(pupils) -%}
    {%- set cohort = "count(*) filter (where " ~ pupils ~ ".literacy_of_both <> 'not_asked')" -%}
    ({{ cohort }})::integer as cohort,
    {%- for measure in foreseen_measures() %}
        {%- set achieved = "count(*) filter (where " ~ pupils ~ "." ~ measure ~ "_of_both = 'achieved')" %}
        ({{ achieved }})::integer as achieved_in_{{ measure }},
        {{ share(achieved, cohort) }} as share_in_{{ measure }}{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- Of each organiser: how many of the cohort are so far from the expected level. -#}
{% macro distributed_levels(pupils) -%}
    {%- for organiser, _, _ in returned_organisers() -%}
        {%- set is_last = loop.last -%}
        {%- for level in distances() %}
        (count(*) filter (where {{ pupils }}.{{ organiser }}_level = '{{ level }}'))::integer as {{ organiser }}_{{ level }}
            {{- '' if is_last and loop.last else ',' }}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}

{#- Of each organiser: the official ten-point band of the share, for schools; null where none is published. -#}
{% macro returned_bands(pupils) -%}
    {%- for organiser in returned_columns() %}
        {%- set cohort = "count(*) filter (where " ~ pupils ~ "." ~ organiser ~ " in ('achieved', 'not_achieved'))" -%}
        {%- set achieved = "count(*) filter (where " ~ pupils ~ "." ~ organiser ~ " = 'achieved')" %}
        case
            when {{ cohort }} > {{ var('attainment_small_cohort') }} then {{ ten_point_band(achieved, cohort) }}
        end as {{ organiser }}_band{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- Names of the columns of organisers, literacy among them. -#}
{% macro returned_columns() -%}
    {{ return([
        'reading', 'writing', 'listening_and_talking', 'literacy', 'numeracy',
        'gaelic_reading', 'gaelic_writing', 'gaelic_listening_and_talking', 'gaelic_literacy',
    ]) }}
{%- endmacro %}

{#- Gaps in English of the rows of pupils, in points; null where the authority has no area in the most deprived fifth. -#}
{% macro returned_gaps(pupils, has_most_deprived_fifth) -%}
    {%- for organiser in returned_columns()[:5] %}
        {%- set ends = {} -%}
        {%- for quintile in ('5', '1') -%}
            {%- set here = pupils ~ ".simd_quintile = '" ~ quintile ~ "' and " ~ pupils ~ "." ~ organiser -%}
            {%- do ends.update({
                'achieved_' ~ quintile: "count(*) filter (where " ~ here ~ " = 'achieved')",
                'cohort_' ~ quintile: "count(*) filter (where " ~ here ~ " in ('achieved', 'not_achieved'))",
            }) -%}
        {%- endfor %}
        case
            when coalesce({{ has_most_deprived_fifth }}, false)
                then {{ attainment_gap(ends.achieved_5, ends.cohort_5, ends.achieved_1, ends.cohort_1) }}
        end as {{ organiser }}_gap{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
