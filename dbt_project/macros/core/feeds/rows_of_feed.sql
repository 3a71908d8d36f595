{#- Rows of a feed without models of its own, in force and resolved to persons, each with its `fate`:
      counts           it is the row of its key: the canonical model holds these
      superseded       another row of its key wins, or a later snapshot of its year
      held_identity    its candidate number leads to nobody yet (rule 4): it waits, and goes in by itself
    Beside the columns of the staged model a row has pupil_id, file_id and row_number. Of a delta the newest row of a key
    wins (what outranks by its contract, the column of its order, extract, sequence, row); of a snapshot the rows of the
    year's latest one count. In a model that is made by scope only the touched scopes are read. -#}
{% macro rows_of_feed(feed) -%}
    {%- set told = feeds()[feed] -%}
    select
        ranked.*,
        ranked._file_id as file_id,
        ranked._row_number as row_number,
        case
            {% if told.has_pupil %}when ranked.pupil_id is null then 'held_identity'{% endif %}
            when ranked.place > 1{{ ' or ranked.next_extracted_at is not null' if told.kind == 'snapshot' }} then 'superseded'
            else 'counts'
        end as fate
    from (
        select
            resolved.*,
            row_number() over (
                partition by {{ key_of_feed(feed, 'resolved') | join(', ') }}
                order by
                    {% if told.outranks %}resolved.{{ told.outranks[0] }} = '{{ told.outranks[1] }}' desc nulls last,{% endif %}
                    {% if told.order and told.kind == 'delta' %}resolved.{{ told.order }} desc,{% endif %}
                    resolved.extracted_at desc, resolved.extract_date desc, resolved.sequence desc,
                    resolved._row_number desc
            ) as place
        from ({{ persons_of_feed(feed) }}) as resolved
    ) as ranked
{%- endmacro %}

{#- The staged rows of a feed with the person that each row's candidate number leads to, on the day that it speaks of. -#}
{% macro persons_of_feed(feed) -%}
    {%- set told = feeds()[feed] -%}
    select staged.*{{ ', pupil_scns.pupil_id' if told.has_pupil }}
    from {{ ref('stg_seemis__' ~ feed) }} as staged
    {% if told.has_pupil -%}
    left join {{ ref('canonical_pupil_scns') }} as pupil_scns
        on staged.local_authority_code = pupil_scns.local_authority_code
        and staged.scn = pupil_scns.scn
        and {{ 'staged.' ~ told.day if told.day else day_of('staged.extracted_at') }}
            between pupil_scns.valid_from and pupil_scns.valid_to
    {%- endif %}
    where {{ in_touched_scope('staged') }}
{%- endmacro %}

{#- What identifies a canonical row of a feed: the authority, the key with the person for the candidate number, and the
    academic year, which a snapshot is of. -#}
{% macro key_of_feed(feed, relation) -%}
    {%- set told, columns = feeds()[feed], ['local_authority_code', 'academic_year'] -%}
    {%- for column in told.key if column != 'academic_year' -%}
        {%- do columns.append('pupil_id' if column == 'scn' else column) -%}
    {%- endfor -%}
    {%- set named = [] -%}
    {%- for column in columns -%}{%- do named.append(relation ~ '.' ~ column) -%}{%- endfor -%}
    {{- return(named) -}}
{%- endmacro %}

{#- Whether a canonical row has the values of its staged one, in the columns that both have under one name. -#}
{% macro values_agree(feed, kept, staged) -%}
    {%- set node = graph.nodes.values() | selectattr('name', 'equalto', 'canonical_' ~ feed) | first if execute else none -%}
    {%- set compared = [] -%}
    {%- for column in ['seed_code', 'academic_year'] + feeds()[feed]['values'] -%}
        {%- if node and column in node.columns and column not in compared -%}{%- do compared.append(column) -%}{%- endif -%}
    {%- endfor -%}
    {%- if compared -%}
    ({{ kept }}.{{ compared | join(', ' ~ kept ~ '.') }})
        is not distinct from ({{ staged }}.{{ compared | join(', ' ~ staged ~ '.') }})
    {%- else -%}true{%- endif -%}
{%- endmacro %}
