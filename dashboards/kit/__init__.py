"""What pages are put together from: page, tables, charts, formats, downloads. Knows no subject and no reader."""
