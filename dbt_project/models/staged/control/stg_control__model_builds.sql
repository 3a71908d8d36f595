select
    model_builds.model,
    model_builds.event_id,
    model_builds.code_version,
    model_builds.built_at
from {{ source('control', 'model_builds') }} as model_builds
