{{ config(materialized='table') }}
-- Who stands behind what is released: one row per pupil of a closed return, with results and what was predicted.
with beside as (
    select
        results.*,
        predictions.literacy as is_literacy_predicted,
        predictions.numeracy as is_numeracy_predicted
    from {{ ref('returned_results') }} as results
    left join {{ ref('last_predictions') }} as predictions
        on results.pupil_token = predictions.pupil_token
        and results.local_authority_code = predictions.local_authority_code
        and results.academic_year = predictions.academic_year
        and results.stage = predictions.stage
),

-- whether predictions of a sector are set against its judgements
foreseen as (
    select
        beside.local_authority_code,
        beside.academic_year,
        beside.sector,
        {{ is_foreseen_of('beside', 'literacy') }} as literacy,
        {{ is_foreseen_of('beside', 'numeracy') }} as numeracy
    from beside
    group by beside.local_authority_code, beside.academic_year, beside.sector
)

select
    beside.local_authority_code,
    beside.academic_year,
    beside.pupil_token,
    beside.seed_code,
    beside.sector,
    beside.stage,
    coalesce(pupils.sex, 'unknown') as sex,
    coalesce(pupils.simd_quintile, 'unknown') as simd_quintile,
    coalesce(bands.attendance_band, 'unknown') as attendance_band,
    {{ looked_after_group('pupils.looked_after') }} as looked_after_group,
    beside.taught_in,
    beside.reading,
    beside.writing,
    beside.listening_and_talking,
    beside.literacy,
    beside.numeracy,
    beside.gaelic_reading,
    beside.gaelic_writing,
    beside.gaelic_listening_and_talking,
    beside.gaelic_literacy,
    {{ result_of_both('beside.literacy', 'beside.numeracy') }} as literacy_of_both,
    {{ result_of_both('beside.numeracy', 'beside.literacy') }} as numeracy_of_both,
    {% for column, _, _ in returned_organisers() -%}
        beside.{{ column }}_level,
    {% endfor -%}
    {{ foreseen_result('beside.literacy', 'foreseen.literacy', 'beside.is_literacy_predicted') }}
        as literacy_predicted,
    (beside.is_literacy_predicted is not null) as has_literacy_prediction,
    {{ foreseen_result('beside.numeracy', 'foreseen.numeracy', 'beside.is_numeracy_predicted') }}
        as numeracy_predicted,
    (beside.is_numeracy_predicted is not null) as has_numeracy_prediction,
    beside.state
from beside
inner join foreseen
    on beside.local_authority_code = foreseen.local_authority_code
    and beside.academic_year = foreseen.academic_year
    and beside.sector = foreseen.sector
left join {{ ref('pseudonymised_attainment_pupils') }} as pupils
    on beside.pupil_token = pupils.pupil_token
    and beside.local_authority_code = pupils.local_authority_code
    and beside.academic_year = pupils.academic_year
left join {{ ref('attendance_bands_of_pupils') }} as bands
    on beside.pupil_token = bands.pupil_token
    and beside.local_authority_code = bands.local_authority_code
    and beside.academic_year = bands.academic_year
order by beside.pupil_token
