{#- Order-free checksum of rows of files, as landing writes it into control.file_establishments. Pairs cancel out,
    so a count always stands beside it. -#}
{% macro row_checksum(relation) -%}
    bit_xor({{ row_hash(relation) }})
{%- endmacro %}

{% macro row_hash(relation) -%}
    hashint8extended(({{ relation }}._file_id::bigint << 32) | {{ relation }}._row_number, 0)
{%- endmacro %}
