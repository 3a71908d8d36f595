{#- Whether a judged level is the expected one or above it, by their places in the order of levels. -#}
{% macro achieves(position, expected_position) -%}
    ({{ position }} >= {{ expected_position }})
{%- endmacro %}

{#- Literacy of a group of rows: every organiser of one language achieved. -#}
{% macro literacy_achieved(is_achieved) -%}
    bool_and({{ is_achieved }})
{%- endmacro %}

{#- Who is in the cohort of literacy: a pupil with a judgement in all three organisers of one language. -#}
{% macro in_literacy_cohort(organiser) -%}
    count(distinct {{ organiser }}) = 3
{%- endmacro %}

{#- Organisers that literacy is made of. -#}
{% macro literacy_organisers() -%}
    ('reading', 'writing', 'listening_and_talking')
{%- endmacro %}

{#- Name of a measured stage: that of the stage, and of S3 third and fourth level apart. -#}
{% macro measured_stage(stage, measure) -%}
    case when {{ stage }} = 'S3' then case {{ measure }} when 'fourth' then 'S3_fourth' else 'S3_third' end
        else {{ stage }} end
{%- endmacro %}

{#- P1, P4 and P7 combined: the pupils of the three stages pooled, not a mean of three shares. -#}
{% macro pooled_stage() -%}'P1P4P7'{%- endmacro %}

{#- Sector of a stage. -#}
{% macro sector_of_stage(stage) -%}
    case left({{ stage }}, 1) when 'P' then 'primary' else case {{ stage }} when 'SP' then 'special' else 'secondary' end end
{%- endmacro %}

{#- SEED code as readers know it, seven digits. -#}
{% macro seed_text(seed_code) -%}
    lpad({{ seed_code }}::text, 7, '0')
{%- endmacro %}

{#- Cohort, who of it achieved, and the share. -#}
{% macro cohort_columns(is_achieved) -%}
    count(*)::integer as cohort,
        (count(*) filter (where {{ is_achieved }}))::integer as achieved,
        {{ share('count(*) filter (where ' ~ is_achieved ~ ')', 'count(*)') }} as achieved_share
{%- endmacro %}
