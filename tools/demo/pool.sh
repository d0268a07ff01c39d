# shellcheck shell=sh disable=SC2154,SC2034
# SPDX-License-Identifier: BSD-2-Clause
#
# The pool of ./run, which sources this: books and pages, name server, three
# monitors, and a client that knows nothing but the pool's name.

pages_at() {
	pages_port=$1
	pages=http://127.0.0.1:$1
}
pages_at "$pages_port"
dns=127.77.0.53
pool_name=demo.pool.test
client=127.77.0.101

ctl() {
	$bin/poolctl -c $world/pool.conf "$@"
}

# pool_conf [LINE]: the demo's settings with the folder of this run.
pool_conf() {
	grep -v '^web-[lu]' etc/demo/pool.conf
	say "web-listen 127.0.0.1:$pages_port"
	say "web-url $pages"
	say "monitor-server $pages"
	say "database sqlite:$PWD/$world/pool.db"
	say "state-dir $PWD/$world"
	say "snapshot $PWD/$world/zones.snap"
	say "snapshot-key $PWD/$world/snapshot.key"
	say "snapshot-public $PWD/$world/snapshot.pub"
	say "web-scripts $PWD/build/web"
	say "mail-url file:$PWD/$world/mail"
	say "${1:-}"
}

# seed: the books, before anything runs.
seed() {
	pool_conf >$world/pool.conf
	mkdir -p $world/mail
	say 'a demo password' | ctl init admin=admin@$pool_name >/dev/null
	say 'a demo password' | ctl person add you@$pool_name name=You >/dev/null
	ctl account set you public=yes >/dev/null
	for n in 1 2 3 4 5 6 7; do
		ctl server add 127.77.0.$n:$port you country=$1 >/dev/null
		ctl server verify 127.77.0.$n >/dev/null
	done
	if has_ipv6; then
		ctl server add "[::1]:$port" you country=$1 >/dev/null
		ctl server verify ::1 >/dev/null
	fi
}

# start_program PROGRAM NAME ARGUMENT...: in the background, with a log.
start_program() {
	program=$1
	log=$2
	shift 2
	$bin/$program "$@" </dev/null >>"$world/$log.log" 2>&1 &
	pids="$pids $!"
	echo $! >"$world/$log.started"
}

# page PATH: what a browser would be sent; fails unless it is a page.
page() {
	curl --silent --fail --max-time 5 --noproxy '*' "$pages$1"
}

await_pages() {
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		still_running
		page /healthz >/dev/null && return 0
		sleep 0.5
	done
	say "no page at $pages:"
	tail -n 20 $world/poold.log
	exit 1
}

# enrol CODE: monitor $n, which tells why not.
enrol() {
	$bin/poolmon -c $world/mon$n.conf enrol "$1" >$world/mon$n.log 2>&1 || {
		say "monitor $n could not be enrolled:"
		cat $world/mon$n.log
		exit 1
	}
}

start_pool() {
	say "starting a pool of these, $pool_name:"
	seed nl
	start_program poold poold -c $world/pool.conf
	await_pages
	say "  poold     books, scores and pages, $pages/"
	for n in 1 2 3; do
		pool_conf "monitor-state $PWD/$world/mon$n" >$world/mon$n.conf
		say "monitor-source 127.77.0.20$n" >>$world/mon$n.conf
		code=$(ctl monitor add "mon$n" | sed -n 's/^code *//p')
		enrol "$code"
		start_program poolmon mon$n -c $world/mon$n.conf run
	done
	say "  poolmon   three monitors, each asks each server every two seconds"
	start_program pooldns pooldns -c $world/pool.conf
	say "  pooldns   name server, $dns port 10053"
	start client -c etc/demo/pool-client.conf -I $client
	say "  ntpd      on $client, a client that knows only the name $pool_name"
}

# --- looking -----------------------------------------------------------------

# names [AAAA]: the addresses that the pool's name server hands out, one a line.
names() {
	for _ in 1 2 3 4; do
		dig @$dns -p 10053 +short +time=1 +tries=1 "$pool_name" "${1:-A}"
	done | grep -E '^(127|::)' | sort -u
}

scores() {
	ctl score
}

# in_pool ADDRESS: its score is above 10.
in_pool() {
	echo "$table" | grep -q "^$1 .* in pool"
}

# sorted_out: are the four good ones in, and the others out?
sorted_out() {
	table=$(scores)
	for n in 1 2 3 4; do
		in_pool 127.77.0.$n || return 1
	done
	for n in 5 6 7; do
		! in_pool 127.77.0.$n || return 1
	done
}

# well_named: does the name server hand out exactly the good ones?
well_named() {
	[ "$(names | tr '\n' ' ')" = \
		"127.77.0.1 127.77.0.2 127.77.0.3 127.77.0.4 " ] &&
		{ ! has_ipv6 || [ "$(names AAAA)" = ::1 ]; }
}

# client_follows: how many servers the client follows, all of them good ones.
client_follows() {
	$bin/ntpq -pn --port $port $client 2>/dev/null |
		grep -c '^[*+o]127\.77\.0\.[1-4] ' || true
}

# pages_show: home, the page of a good server and that of a bad one.
pages_show() {
	page / | grep -q 'The demo pool' &&
		page /scores/127.77.0.1 | grep -q '127\.77\.0\.1' &&
		page /scores/127.77.0.5 | grep -q '100 ms' &&
		page /scores/127.77.0.1/log | grep -q '^[0-9]'
}

# watch_pool LIMIT: wait until the scores have separated, the DNS follows, and
# the client has what it needs.
watch_pool() {
	pool_from=$(date +%s)
	missing=scores
	while [ $(($(date +%s) - pool_from)) -lt "$1" ]; do
		sleep 2
		still_running
		missing=
		sorted_out || missing=scores
		[ -n "$missing" ] || well_named || missing=DNS
		[ -n "$missing" ] || pages_show || missing=pages
		[ -n "$missing" ] || [ "$(client_follows)" -ge 3 ] || missing=client
		[ -n "$missing" ] || return 0
	done
}

show_pool() {
	say
	scores || true
	say
	say "$pool_name is now $(names | tr '\n' ' ')$(names AAAA)"
	say "client $client follows $(client_follows) of its servers"
}

try_pool() {
	say "  $pages/                     the pool's pages; you@$pool_name, 'a demo password'"
	say "  $pages/scores/127.77.0.5    why that one is out"
	say "  dig @$dns -p 10053 $pool_name"
	say "  $bin/poolctl -c $world/pool.conf help"
}

# pool_logs: what might tell why.
pool_logs() {
	for log in poold pooldns mon1 client; do
		say "--- $log"
		tail -n 10 "$world/$log.log"
	done
	say "--- names: $(names | tr '\n' ' ')"
}
