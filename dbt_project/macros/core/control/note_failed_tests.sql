{#- on-run-end: the tests that stand failed, so that no release is made over them, in whichever command they failed.
    A test that passes again is taken off, and so is one that is gone. Tests about one authority's data (meta.gate:
    release) hold back that authority alone: the release asks the balance sheet itself. A test holds back the subjects of
    what it looks at and of all that stands on it; where core is among them, or nothing stands there, all. -#}
{% macro note_failed_tests(results) %}
    {% if execute and flags.WHICH in ['build', 'test'] %}
    {% set failed = [] %}
    {% set settled = [] %}
    {% for result in results if result.node.resource_type == 'test' %}
        {% set config = result.node.config %}
        {% if result.status in ['pass', 'warn'] or config.severity | lower == 'warn' or config.meta.gate == 'release' %}
            {% do settled.append(result.node.name) %}
        {% elif result.status in ['fail', 'error'] %}
            {% set models, subjects = [], [] %}
            {% for parent in result.node.depends_on.nodes %}
                {% do models.append(parent.split('.')[-1]) %}
                {% do subjects.extend(subjects_by_node().get(parent, [])) %}
            {% endfor %}
            {% do failed.append("('" ~ result.node.name ~ "', '" ~ models | join(', ') ~ "', array['"
                ~ (subjects or ['core']) | unique | sort | join("', '") ~ "'])") %}
        {% endif %}
    {% endfor %}
    {% set known = [] %}
    {% for node in graph.nodes.values() if node.resource_type == 'test' %}
        {% do known.append(node.name) %}
    {% endfor %}
    delete from control.failed_tests
    where failed_tests.test_name in ('{{ (settled or [""]) | join("', '") }}')
        or failed_tests.test_name not in ('{{ (known or [""]) | join("', '") }}');
    {% if failed %}
    insert into control.failed_tests (test_name, models, subjects, failed_at, code_version)
    select
        failing.test_name, failing.models, failing.subjects, now(), '{{ env_var("WAREHOUSE_CODE_VERSION", "unknown") }}'
    from (values {{ failed | join(', ') }}) as failing (test_name, models, subjects)
    on conflict (test_name) do update set
        models = excluded.models, subjects = excluded.subjects, failed_at = excluded.failed_at, code_version = excluded.code_version;
    {% endif %}
    {% else %}
    select 1
    {% endif %}
{% endmacro %}
