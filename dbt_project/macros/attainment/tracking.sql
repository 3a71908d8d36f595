{#- By how many percentage points predictions were too rosy: predicted less achieved, of the pupils who have both. -#}
{% macro prediction_error(predicted, achieved, pupils) -%}
    (100 * (({{ predicted }}) - ({{ achieved }}))::numeric / nullif({{ pupils }}, 0))::numeric(9, 6)
{%- endmacro %}

{#- Share on track or ahead, of those of whom it is known. -#}
{% macro on_track_share(ahead, on_track, not_yet) -%}
    {{ share(ahead ~ ' + ' ~ on_track, ahead ~ ' + ' ~ on_track ~ ' + ' ~ not_yet) }}
{%- endmacro %}

{#- A forecast share less the error that the forecasts of the year before had, in percentage points; never beyond 0 to 1. -#}
{% macro corrected_forecast(forecast_share, error_before) -%}
    least(greatest({{ forecast_share }} - coalesce({{ error_before }}, 0) / 100, 0), 1)::numeric(9, 8)
{%- endmacro %}
