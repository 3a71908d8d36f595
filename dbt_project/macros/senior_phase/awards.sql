{#- Level at which a result counts in National Qualifications: National 3 to Advanced Higher and Skills for Work, grade
    D one level lower; null where it does not count. -#}
{% macro national_qualifications_level(results, types, grades) -%}
    case
        when {{ results }}.entry_status = 'resulted' and {{ types }}.counts_in_national_qualifications and {{ grades }}.is_award
            then {{ results }}.scqf_level - {{ grades }}.levels_lower_in_national_qualifications
    end
{%- endmacro %}

{#- Level at which a result counts in All SCQF: of any provider, A to D at its own level, taken in S4 to S6 and nothing
    below level 3; null where it does not count. -#}
{% macro all_scqf_level(results, types, grades) -%}
    case
        when {{ results }}.entry_status = 'resulted' and {{ types }}.counts_in_all_scqf and {{ grades }}.is_award
            and {{ results }}.scqf_level >= 3 and {{ results }}.stage in ('S4', 'S5', 'S6')
            then {{ results }}.scqf_level
    end
{%- endmacro %}

{#- Subjects with an award at a level or better, each once by its best: latest and best. -#}
{% macro subjects_at(level_column, level) -%}
    count(distinct awards.subject) filter (where awards.{{ level_column }} >= {{ level }})
{%- endmacro %}

{#- Level at which a result counts in breadth and depth: any award at its own level; units and baccalaureates do not. -#}
{% macro breadth_and_depth_level(results, types, grades) -%}
    case
        when {{ results }}.entry_status = 'resulted' and {{ types }}.counts_in_breadth_and_depth and {{ grades }}.is_award
            then {{ results }}.scqf_level
    end
{%- endmacro %}
