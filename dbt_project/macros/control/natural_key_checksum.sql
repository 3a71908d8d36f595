{#- Order-free checksum of the keys of a snapshot's rows with their numbers, as landing writes it into
    control.file_establishments: two rows that change their keys leave every count as it was, but not this. -#}
{% macro natural_key_checksum(relation, keys) -%}
    bit_xor(hash_record_extended(row({{ relation }}.{{ keys | join(', ' ~ relation ~ '.') }}, {{ relation }}._row_number), 0))
{%- endmacro %}
