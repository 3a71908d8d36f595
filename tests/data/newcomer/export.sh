#!/bin/sh
# A council's export job: reports as one council prints them (semicolons, 31/12/2025, its own headings) in, a delivery out.
# Written from docs/deliveries.md alone, with what every machine has: sh, awk, sha256sum, wc.
#   export.sh REPORTS LANDING COUNCIL DAY TIME      e.g. export.sh reports landing S12000005 2025-09-05 17:30
set -eu
reports=$1 landing=$2 council=$3 day=$4 extracted="$4T$5:00+01:00"
folder=$landing/$council/$day
mkdir -p "$folder"

# field helpers: a day as 2025-12-31, a field quoted where RFC 4180 asks for it
helpers='
function iso(d,  p) { if (d == "") return ""; split(d, p, "/"); return p[3] "-" p[2] "-" p[1] }
function field(t) { if (t ~ /[",\r\n]/) { gsub(/"/, "\"\"", t); return "\"" t "\"" } return t }
function yes(t) { return t == "Yes" || t == "1" ? "Y" : "N" }
'

awk -F';' "$helpers"'
NR == 1 { print "seed_code,establishment_name,local_authority_code,sector,gaelic_medium,half_day_openings_per_week"; next }
{ print $1 "," field($2) ",'"$council"'," tolower($3) "," yes($4) "," $5 }
' "$reports/schools.txt" > "$folder/establishments.csv"

awk -F';' -v at="$extracted" "$helpers"'
NR == 1 { print "scn,seemis_pupil_id,forename,surname,date_of_birth,sex,ethnicity_code,looked_after,free_meal_registered,updated_at"; next }
!seen[$1]++ { print $2 "," $1 "," field($3) "," field($4) "," iso($5) "," substr($6, 1, 1) "," $7 "," $8 "," yes($9) "," at }
' "$reports/roll.txt" > "$folder/pupils.csv"

awk -F';' -v at="$extracted" "$helpers"'
NR == 1 { print "scn,seed_code,entry_date,leaving_date,stage,is_base_school,status,updated_at"; next }
{ print $2 "," $10 "," iso($11) "," iso($12) "," $13 "," ($14 == "Guest" ? "N,guest" : "Y,on_roll") "," at }
' "$reports/roll.txt" > "$folder/enrolments.csv"

# the register has both halves of a day in one line, and letters of the council where the warehouse wants a code or these
awk -F';' "$helpers"'
NR == 1 { print "scn,seed_code,attendance_date,opening,attendance_code,recorded_at"; next }
$4 != "" { print $1 "," $2 "," iso($3) ",AM," $4 "," iso($3) "T09:15:00+01:00" }
$5 != "" { print $1 "," $2 "," iso($3) ",PM," $5 "," iso($3) "T13:30:00+01:00" }
' "$reports/register.txt" > "$folder/attendance.csv"
gzip -n -f "$folder/attendance.csv"

entry() { # feed, file, kind, uncompressed content on standard input, number of the column with the SEED code (0: none)
    awk -F, -v feed="$1" -v name="$2" -v kind="$3" -v column="$4" -v at="$extracted" \
        -v sum="$(sha256sum < "$folder/$2" | cut -d' ' -f1)" -v size="$(wc -c < "$folder/$2" | tr -d ' ')" '
    NR > 1 { rows++; if (column) count[$column]++ }
    END {
        printf "    {\"feed\": \"%s\", \"name\": \"%s\", \"kind\": \"%s\", \"sha256\": \"%s\", \"bytes\": %d, \"rows\": %d, ", \
            feed, name, kind, sum, size, rows
        printf "\"extracted_at\": \"%s\"", at
        if (column) {
            printf ", \"rows_by_establishment\": {"
            for (code in count) printf "%s\"%s\": %d", (n++ ? ", " : ""), code, count[code]
            printf "}"
        }
        printf "}"
    }'
}

{
    echo '{'
    echo "  \"manifest_version\": 1, \"local_authority_code\": \"$council\", \"extract_date\": \"$day\", \"sequence\": 1,"
    echo '  "environment": "synthetic", "supersedes": null,'
    echo '  "files": ['
    entry establishments establishments.csv snapshot 1 < "$folder/establishments.csv"; echo ','
    entry pupils pupils.csv snapshot 0 < "$folder/pupils.csv"; echo ','
    entry enrolments enrolments.csv snapshot 2 < "$folder/enrolments.csv"; echo ','
    gzip -dc "$folder/attendance.csv.gz" | entry attendance attendance.csv.gz delta 2; echo
    echo '  ]'
    echo '}'
} > "$folder/manifest.json.part"
mv "$folder/manifest.json.part" "$folder/manifest.json"
