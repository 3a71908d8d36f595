"""Makes the pages of the data dictionary from the contracts: one per feed, and one that lists them."""

from collections.abc import Iterator, Mapping

from orchestration.contracts.model import Column, Condition, Contract, Rule

HEAD = "<!-- Made from orchestration/contracts/seemis/{file} by `warehouse contracts`: do not edit. -->\n"
PRIVACY = {
    "direct_identifier": "direct identifier",
    "quasi_identifier": "quasi-identifier",
    "special_category": "special category",
    "operational": "operational",
    "public": "public",
}
DATES = {
    "extract_date": "the extract date",
    "extract_date_plus_one_year": "a year after the extract date",
    "extracted_at": "the time of extraction",
}


def dictionary_pages(contracts: Mapping[str, Contract]) -> Mapping[str, str]:
    """Content of each page by file name: ``README.md`` and ``<feed>.md``."""
    pages = {f"{contract.feed}.md": "\n".join(_page(contract)) + "\n" for contract in contracts.values()}
    return {"README.md": "\n".join(_index(contracts)) + "\n", **pages}


def _index(contracts: Mapping[str, Contract]) -> Iterator[str]:
    yield HEAD.format(file="*.yml")
    yield "# Data dictionary of the feeds\n"
    yield "| feed | kind | purpose | expected | answers for it |"
    yield "|---|---|---|---|---|"
    for contract in contracts.values():
        business = next(owner.name for owner in contract.owners if owner.role == "business owner")
        kind = contract.kind if contract.is_collected else "refused"
        link = f"[{contract.feed}]({contract.feed}.md)"
        yield f"| {link} | {kind} | {contract.purpose} | {_expected(contract)} | {business} |"


def _page(contract: Contract) -> Iterator[str]:
    yield HEAD.format(file=f"{contract.feed}.yml")
    yield f"# {contract.feed}\n"
    yield f"{contract.usage} {contract.grain}\n"
    yield "| | |"
    yield "|---|---|"
    yield f"| purpose | {contract.purpose} |"
    if contract.limitations:
        yield f"| limitations | {' '.join(contract.limitations.split())} |"
    yield f"| authoritative source | {contract.authoritative_source} |"
    yield f"| update rule | {contract.update_rule} |"
    for owner in contract.owners:
        yield f"| {owner.role} | {owner.name} (`{owner.username}`) |"
    yield f"| contract | version {contract.version} |"
    if not contract.is_collected:
        return
    yield f"| expected | {_expected(contract)} |"
    yield f"| key | {', '.join(f'`{name}`' for name in contract.key)} |"
    limit = contract.reject_limit
    yield f"| quarantined | when more than {limit.rows} rows and more than {limit.share:.0%} of the file are rejected |"
    ceiling = contract.ceiling
    yield f"| too large | {ceiling.rows:,} rows, {ceiling.bytes // 1024**2:,} MiB, or twice the rows announced |"
    if contract.is_judged:
        yield "| held back | when pupils or their SEEMiS ids change suddenly against the snapshot before (rule 2) |"
    yield "\n| column | type | required | values | privacy | meaning |"
    yield "|---|---|---|---|---|---|"
    for column in contract.columns:
        yield (
            f"| `{column.name}` | {column.type} | {'yes' if column.is_required else ''} | {feed_values(column)} | "
            f"{PRIVACY[column.privacy]} | {column.description} |"
        )
    yield (
        "\nStored as `raw."
        f"{contract.feed}` with `_file_id` and `_row_number`; columns that are not collected are never stored."
    )


def _expected(contract: Contract) -> str:
    level = contract.service_level
    if level is None:
        return "never"
    every = "every school day" if level.frequency_days == 1 else f"every {level.frequency_days} days"
    days = "day" if level.latency_days == 1 else "days"
    return f"{every}, by {level.deadline:%H:%M} {level.latency_days} {days} later"


def feed_values(column: Column) -> str:
    """What a delivered value of a column may be, in words."""
    if not column.is_collected:
        return "not collected"
    said = []
    if column.codes is not None and column.codes.seed is not None:
        said.append(f"seed `{column.codes.seed}`")
        if column.codes.local_seed is not None:
            said.append(f"local codes by seed `{column.codes.local_seed}`")
    elif column.codes is not None:
        said.append(", ".join(f"`{value}`" for value in column.codes.values))
        if column.codes.joined_by is not None:
            said.append(f"several joined by `{column.codes.joined_by}`")
    if column.decoded_by is not None:
        said.append(f"numbers by seed `{column.decoded_by}`")
    if column.placeholders is not None:
        said.append(f"nobody's: seed `{column.placeholders}`")
    if column.default is not None:
        said.append(f"`{column.default}` where empty")
    if column.pattern is not None:
        said.append(f"`{column.pattern}`")
    if column.max_length is not None:
        said.append(f"up to {column.max_length} characters")
    if column.minimum is not None:
        said.append(f"{column.minimum:g} or more")
    if column.maximum is not None:
        said.append(f"{column.maximum:g} or less")
    if column.written_as is not None:
        said.append("an academic year written `2025/26`")
    if column.read_as is not None:
        read = column.read_as
        said.append(f"`{read.code}` is read as `{read.instead}` where `{read.column}` is `{read.value}`: warned about")
    said += [_rule(rule) for rule in column.rules]
    said += [f"before `{check.argument}`: warned about" for check in column.checks if check.name == "not_before"]
    said += [f"after {DATES[check.argument]}: warned about" for check in column.checks if check.name == "not_after"]
    return "; ".join(said)


def _rule(rule: Rule) -> str:
    if rule.name == "known":
        return "a known establishment"
    if rule.name == "within":
        return "in a school year"
    if isinstance(rule.argument, tuple):
        return f"{rule.argument[0]} to {rule.argument[1]} years before the extract date"
    if isinstance(rule.argument, Condition):
        other = f"`{rule.argument.column}` is `{rule.argument.value}`"
        return f"required where {other}" if rule.argument.code is None else f"`{rule.argument.code}` only where {other}"
    if rule.name == "required_without":
        return f"required where `{rule.argument}` is empty"
    if rule.name in ("in_year_of", "in_leaver_year_of"):
        return f"in the {'school' if rule.name == 'in_year_of' else 'leaver'} year of `{rule.argument}`"
    if rule.name == "not_before":
        return f"not before `{rule.argument}`"
    return f"not after {DATES[str(rule.argument)]}"
