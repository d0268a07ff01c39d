#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# text.sh SOURCE_ROOT RULE BUILD_ROOT: one rule about the text of the sources.
set -u
cd "$1" || exit 1

sources() {
	find src test bench \( -name '*.c' -o -name '*.h' \) | sort
}

case $2 in
spdx) # every source says its licence in its first two lines
	bad=$({
		sources
		find run check tools test bench packaging .ci -type f \
			\( -name '*.py' -o -name '*.sh' -o ! -name '*.*' \) \
			! -path '*/corpus/*' ! -path '*/data/*'
	} 2>/dev/null | while read -r file; do
		head -n 2 "$file" | grep -q 'SPDX-License-Identifier: BSD-2-Clause' ||
			echo "$file: no SPDX line"
	done)
	;;
length) # no function of src/ is longer than 80 lines, braces included
	lengths=$(find src -name '*.c' | sort | xargs awk '
		FNR == 1 { from = 0 }
		/^[A-Za-z_].*\(/ { name = $0; sub(/\(.*/, "", name)
			sub(/.*[ *]/, "", name) }
		/^\{/ { from = FNR }
		/^\}/ && from { print FNR - from + 1, FILENAME, name; from = 0 }')
	bad=$(echo "$lengths" | awk '$1 > 80 {
		print $2 ": " $3 "() has " $1 " lines" }')
	for folder in wire est ntp; do
		echo "longest in $folder: $(echo "$lengths" |
			grep " src/$folder/" | sort -rn | head -n 1)"
	done
	;;
format)
	command -v clang-format >/dev/null || exit 77
	bad=$(sources | xargs clang-format --dry-run 2>&1 |
		grep 'warning:' | sort -u)
	;;
mandoc)
	command -v mandoc >/dev/null || exit 77
	[ -d man ] || exit 77
	bad=$(mandoc -Tlint -Wwarning man/*.[1-8] 2>&1)
	;;
style) # what the compiler does not see
	bad=$(
		grep -nE '\bfloat\b' $(sources) | grep -vE '//|\*|"' 
		grep -nE '[ 	]+$' $(sources)
		# F-08: numbers are read and written with a point everywhere.
		grep -rnE '\bsetlocale\(' src | grep -v 'LC_CTYPE'
		find src -name '*.h' | xargs grep -L '^#pragma once' |
			sed 's/$/: no #pragma once/'
	)
	;;
rows) # each row of doc/bad-input.md has a test, each id in a test has a row
	rows=$(sed -n 's/^| \([PCXFEDS]-[0-9][0-9]\) .*/\1/p' doc/bad-input.md)
	borne=$(grep -rohE '\b[PCXFEDS]-[0-9]{2}\b' test --include='*.c' \
		--include='*.py' | sort -u)
	bad=$(
		echo "$rows" | sort | uniq -d | sed 's/$/: two rows/'
		for id in $rows; do
			echo "$borne" | grep -qx "$id" || echo "$id: no test"
		done
		for id in $borne; do
			echo "$rows" | grep -qx "$id" || echo "$id: no row"
		done
		[ "$(echo "$rows" | wc -l)" -gt 50 ] || echo "no rows"
	)
	;;
tour) # the functions and files that doc/tour.md names exist
	bad=$(
		tr '\n' ' ' <doc/tour.md | grep -oE '`src/[^` ]*\.c` *`[a-z_0-9]+\(\)`' |
			tr -d '`()' | while read -r file name; do
			grep -qE "^[a-z].*\b$name\(" "$file" 2>/dev/null ||
				echo "doc/tour.md: no $name() in $file"
		done
		grep -hoE '`(src|test|doc|man|bench)/[^` ]*`' doc/tour.md README.md |
			tr -d '`' | sort -u | while read -r path; do
			[ -e "$path" ] || echo "no $path, but a page names it"
		done
	)
	;;
shell)
	command -v shellcheck >/dev/null || exit 77
	bad=$(shellcheck -e SC2086,SC2046,SC2016,SC2038 $(ls run 2>/dev/null) check tools/setup \
		tools/build tools/debian tools/embed tools/package tools/peers tools/demo/*.sh packaging/container/start packaging/dhcp/* .ci/run test/meta/*.sh test/postgres/run test/postgres/server 2>&1)
	;;
tidy) # slow: Clang's checks, .clang-tidy says which
	command -v clang-tidy >/dev/null || exit 77
	bad=$(find src -name '*.c' | sort | xargs -P 2 -n 4 clang-tidy -p "$3" \
		--quiet --extra-arg=-ftrivial-auto-var-init=uninitialized 2>&1 |
		grep -A3 -E '(warning|error):')
	;;
cppcheck)
	command -v cppcheck >/dev/null || exit 77
	bad=$(cppcheck --project="$3/compile_commands.json" -j 2 --quiet \
		--file-filter='*src/*' --enable=warning,performance,portability \
		--inline-suppr --suppress=nullPointerRedundantCheck 2>&1)
	;;
*)
	echo "no rule $2"
	exit 1
	;;
esac

[ -z "$bad" ] && exit 0
echo "$bad"
exit 1
