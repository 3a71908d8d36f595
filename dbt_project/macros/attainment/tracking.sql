{#- By how many percentage points predictions were too rosy: predicted less achieved, of the pupils who have both. -#}
{% macro prediction_error(predicted, achieved, pupils) -%}
    (100 * (({{ predicted }}) - ({{ achieved }}))::numeric / nullif({{ pupils }}, 0))::numeric(9, 6)
{%- endmacro %}

{#- Share on track or ahead, of those of whom it is known. -#}
{% macro on_track_share(ahead, on_track, not_yet) -%}
    {{ share(ahead ~ ' + ' ~ on_track, ahead ~ ' + ' ~ on_track ~ ' + ' ~ not_yet) }}
{%- endmacro %}

{#- What is predicted of released pupils: literacy, of whom all three organisers are predicted, and numeracy. -#}
{% macro foreseen_measures() -%}
    {{ return(['literacy', 'numeracy']) }}
{%- endmacro %}

{#- Whether predictions are set against the judgements of a group: enough of those judged have one. -#}
{% macro is_foreseen(with_prediction, judged) -%}
    (({{ with_prediction }})::numeric >= {{ var('predictions_floor') }} * ({{ judged }}) and ({{ judged }}) > 0)
{%- endmacro %}

{#- The same of rows of pupils, by the column of the result and that of the prediction. -#}
{% macro is_foreseen_of(rows, measure) -%}
    {%- set judged = "count(*) filter (where " ~ rows ~ "." ~ measure ~ " in ('achieved', 'not_achieved')" -%}
    {{ is_foreseen(judged ~ " and " ~ rows ~ ".is_" ~ measure ~ "_predicted is not null)", judged ~ ")") }}
{%- endmacro %}

{#- What was predicted of a pupil with a judgement: who has no prediction was not predicted to achieve. not_asked without
    a judgement, and where too few of the sector have a prediction. -#}
{% macro foreseen_result(result, is_foreseen, is_predicted) -%}
    case
        when {{ result }} not in ('achieved', 'not_achieved') or not {{ is_foreseen }} then 'not_asked'
        when coalesce({{ is_predicted }}, false) then 'predicted'
        else 'not_predicted'
    end
{%- endmacro %}

{#- Of each measure: those judged who were predicted to achieve, the share, and the error in points; the last two are
    null where too few of the row have a prediction. -#}
{% macro prediction_figures(pupils) -%}
    {%- for measure in foreseen_measures() %}
        {%- set judged = "count(*) filter (where " ~ pupils ~ "." ~ measure ~ " in ('achieved', 'not_achieved'))" -%}
        {%- set achieved = "count(*) filter (where " ~ pupils ~ "." ~ measure ~ " = 'achieved')" -%}
        {%- set predicted = "count(*) filter (where " ~ pupils ~ "." ~ measure ~ "_predicted = 'predicted')" -%}
        {%- set of = " filter (where " ~ pupils ~ "." ~ measure ~ "_predicted <> 'not_asked'" -%}
        {%- set is_foreseen = is_foreseen(
            "count(*)" ~ of ~ " and " ~ pupils ~ ".has_" ~ measure ~ "_prediction)", judged
        ) %}
        ({{ predicted }})::integer as {{ measure }}_predicted,
        case when {{ is_foreseen }} then {{ share(predicted, judged) }} end as {{ measure }}_predicted_share,
        case when {{ is_foreseen }} then {{ prediction_error(predicted, achieved, judged) }} end
            as {{ measure }}_prediction_error{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- What is predicted of a pupil, as a forecast has it. -#}
{% macro forecast_result(is_predicted) -%}
    case {{ is_predicted }} when true then 'achieves' when false then 'misses' else 'not_asked' end
{%- endmacro %}

{#- Organisers that are followed at every stage, not of the return alone. -#}
{% macro followed_at_every_stage() -%}
    {{ return(['reading', 'numeracy']) }}
{%- endmacro %}

{#- Whether a pupil is on track, as it was said last; ahead is on track. -#}
{% macro on_track_result(on_track) -%}
    case
            when {{ on_track }} in ('ahead', 'on_track') then 'on_track'
            when {{ on_track }} = 'not_yet' then 'not_yet'
            else 'not_asked'
        end
{%- endmacro %}

{#- Of each organiser: pupils of whom it is known, those on track or ahead, and the share. -#}
{% macro on_track_figures(pupils) -%}
    {%- for organiser in followed_at_every_stage() %}
        {%- set of = "count(*) filter (where " ~ pupils ~ "." ~ organiser ~ "_on_track in " -%}
        {%- set cohort, on_track = of ~ "('on_track', 'not_yet'))", of ~ "('on_track'))" %}
        ({{ cohort }})::integer as {{ organiser }}_on_track_cohort,
        ({{ on_track }})::integer as {{ organiser }}_on_track,
        {{ share(on_track, cohort) }} as {{ organiser }}_on_track_share{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- Of each measure: pupils with a prediction, those predicted to achieve, and the share. -#}
{% macro forecast_figures(pupils) -%}
    {%- for measure in foreseen_measures() %}
        {%- set of = "count(*) filter (where " ~ pupils ~ "." ~ measure ~ "_forecast in " -%}
        {%- set cohort, forecast = of ~ "('achieves', 'misses'))", of ~ "('achieves'))" %}
        ({{ cohort }})::integer as {{ measure }}_forecast_cohort,
        ({{ forecast }})::integer as {{ measure }}_forecast,
        {{ share(forecast, cohort) }} as {{ measure }}_forecast_share{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
