-- SPDX-License-Identifier: BSD-2-Clause
-- The pool's books.  One file for both engines; the three words in braces are
-- replaced: {id} a number that the engine gives, {blob} octets, {real} a double.
-- Times are milliseconds since 1970 UTC and end in _ms; truth values are 0 or 1.
-- Nothing is edited here once released: the next change is 0002.sql.

-- People and teams ----------------------------------------------------------

CREATE TABLE account (
	id {id},
	slug TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	organisation TEXT NOT NULL DEFAULT '',
	url TEXT NOT NULL DEFAULT '',
	public BIGINT NOT NULL DEFAULT 0,
	created_ms BIGINT NOT NULL
);

CREATE TABLE person (
	id {id},
	email TEXT NOT NULL UNIQUE,            -- lower case
	name TEXT NOT NULL DEFAULT '',
	password TEXT NOT NULL,                -- argon2id string
	role TEXT NOT NULL DEFAULT 'user',     -- user, staff, admin
	created_ms BIGINT NOT NULL,
	confirmed_ms BIGINT,
	disabled_ms BIGINT
);

CREATE TABLE member (
	account_id BIGINT NOT NULL REFERENCES account(id),
	person_id BIGINT NOT NULL REFERENCES person(id),
	role TEXT NOT NULL DEFAULT 'member',   -- owner, member
	PRIMARY KEY (account_id, person_id)
);
CREATE INDEX member_person ON member(person_id);

-- The second step of a log-in: codes of an authenticator app, and what to use
-- once each without it.
CREATE TABLE second_step (
	person_id BIGINT PRIMARY KEY REFERENCES person(id),
	secret {blob} NOT NULL,                -- the app has the same
	confirmed_ms BIGINT,                   -- NULL: no code was seen; not asked for yet
	last_step BIGINT NOT NULL DEFAULT 0    -- of the code that counted last
);

CREATE TABLE recovery_code (
	person_id BIGINT NOT NULL REFERENCES person(id),
	hash {blob} NOT NULL,                  -- BLAKE2b
	PRIMARY KEY (person_id, hash)
);

-- Secrets are kept as their BLAKE2b hash.
CREATE TABLE session (
	hash {blob} PRIMARY KEY,
	person_id BIGINT REFERENCES person(id), -- NULL: not logged in
	created_ms BIGINT NOT NULL,
	seen_ms BIGINT NOT NULL,
	expires_ms BIGINT NOT NULL
);

CREATE TABLE mail_token (
	hash {blob} PRIMARY KEY,
	purpose TEXT NOT NULL,                 -- confirm, reset, invite, code
	person_id BIGINT REFERENCES person(id),
	account_id BIGINT REFERENCES account(id),
	email TEXT NOT NULL,
	expires_ms BIGINT NOT NULL
);

CREATE TABLE api_token (
	lookup TEXT PRIMARY KEY,
	hash {blob} NOT NULL,
	name TEXT NOT NULL,
	account_id BIGINT NOT NULL REFERENCES account(id),
	person_id BIGINT NOT NULL REFERENCES person(id),
	scopes TEXT NOT NULL,                  -- words: read write
	created_ms BIGINT NOT NULL,
	seen_ms BIGINT,
	revoked_ms BIGINT
);

-- How often something was tried in a window: log-ins, sign-ups, checks.
CREATE TABLE throttle (
	name TEXT PRIMARY KEY,                 -- kind:what
	tries BIGINT NOT NULL,
	until_ms BIGINT NOT NULL
);

CREATE TABLE audit (
	id {id},
	at_ms BIGINT NOT NULL,
	person_id BIGINT,
	account_id BIGINT,
	server_id BIGINT,
	source TEXT NOT NULL,                  -- web, api, poolctl, poold
	address TEXT NOT NULL DEFAULT '',
	action TEXT NOT NULL,                  -- server.add, server.netspeed, …
	detail TEXT NOT NULL DEFAULT ''        -- JSON: what was and what is
);
CREATE INDEX audit_account ON audit(account_id, id);
CREATE INDEX audit_server ON audit(server_id, id);

-- Zones ----------------------------------------------------------------------

CREATE TABLE zone (
	id {id},
	name TEXT NOT NULL UNIQUE,             -- '@', 'europe', 'de', 'campus-a'
	title TEXT NOT NULL,
	kind TEXT NOT NULL,                    -- global, continent, country, custom, vendor
	parent_id BIGINT REFERENCES zone(id) DEFERRABLE INITIALLY DEFERRED,
	min_servers BIGINT NOT NULL DEFAULT 0, -- 0: as the setting says
	min_kbit BIGINT NOT NULL DEFAULT 0,
	max_hosts BIGINT NOT NULL DEFAULT 0,
	ttl_s BIGINT NOT NULL DEFAULT 0,
	policy TEXT NOT NULL DEFAULT ''        -- strict, local-first, classic
);

-- Whose questions and whose servers belong to a zone that is not a country.
CREATE TABLE zone_rule (
	id {id},
	zone_id BIGINT NOT NULL REFERENCES zone(id),
	kind TEXT NOT NULL,                    -- subnet, asn
	value TEXT NOT NULL
);

CREATE TABLE zone_count (
	zone_id BIGINT NOT NULL REFERENCES zone(id),
	family BIGINT NOT NULL,                -- 4, 6
	day_ms BIGINT NOT NULL,
	registered BIGINT NOT NULL,
	active BIGINT NOT NULL,
	kbit BIGINT NOT NULL,
	PRIMARY KEY (zone_id, family, day_ms)
);

-- Servers ---------------------------------------------------------------------

CREATE TABLE server (
	id {id},
	account_id BIGINT NOT NULL REFERENCES account(id),
	address TEXT NOT NULL,                 -- canonical text
	family BIGINT NOT NULL,                -- 4, 6
	port BIGINT NOT NULL DEFAULT 123,
	hostname TEXT NOT NULL DEFAULT '',
	country TEXT NOT NULL DEFAULT '',      -- ISO code, lower case
	comment TEXT NOT NULL DEFAULT '',
	kbit BIGINT NOT NULL DEFAULT 10000,    -- netspeed; 0: monitoring only
	added_ms BIGINT NOT NULL,
	verified_ms BIGINT,
	verified_by TEXT NOT NULL DEFAULT '',  -- http, dns, ntp, admin
	score {real} NOT NULL DEFAULT 0,       -- the median
	score_ms BIGINT,
	stratum BIGINT,
	strict_score {real},
	out_since_ms BIGINT,                   -- NULL: score above 10
	paused_until_ms BIGINT,                -- monitored, not handed out
	delete_on_ms BIGINT,
	deleted_ms BIGINT,
	alert_below {real}                     -- NULL: -15
);
CREATE UNIQUE INDEX server_address ON server(address, port) WHERE deleted_ms IS NULL;
CREATE INDEX server_account ON server(account_id);
CREATE INDEX server_host ON server(address);

CREATE TABLE server_zone (
	server_id BIGINT NOT NULL REFERENCES server(id),
	zone_id BIGINT NOT NULL REFERENCES zone(id),
	PRIMARY KEY (server_id, zone_id)
);
CREATE INDEX server_zone_zone ON server_zone(zone_id);

-- An address that somebody wants to add, while it is looked at.
CREATE TABLE candidate (
	id {id},
	first_id BIGINT,                       -- the row that was typed; NULL: this
	account_id BIGINT NOT NULL REFERENCES account(id),
	person_id BIGINT REFERENCES person(id),
	asked TEXT NOT NULL,                   -- as typed
	asked_ms BIGINT NOT NULL,
	address TEXT NOT NULL DEFAULT '',
	port BIGINT NOT NULL DEFAULT 123,
	hostname TEXT NOT NULL DEFAULT '',
	country TEXT NOT NULL DEFAULT '',
	state TEXT NOT NULL,                   -- asked, good, bad, added
	why TEXT NOT NULL DEFAULT '',
	stratum BIGINT,
	offset_s {real},
	rtt_s {real}
);
CREATE INDEX candidate_state ON candidate(state, asked_ms);
CREATE INDEX candidate_first ON candidate(first_id);

CREATE TABLE verification (
	id {id},
	server_id BIGINT NOT NULL REFERENCES server(id),
	method TEXT NOT NULL,                  -- http, dns, ntp, admin
	token TEXT NOT NULL,
	created_ms BIGINT NOT NULL,
	expires_ms BIGINT NOT NULL,
	tried_ms BIGINT,
	done_ms BIGINT,
	evidence TEXT NOT NULL DEFAULT ''
);
CREATE INDEX verification_server ON verification(server_id);
CREATE INDEX verification_token ON verification(token);

-- The public Stratum 1 and 2 lists.  A change of an entry that is shown waits
-- for approval as a row of its own.
CREATE TABLE list_entry (
	id {id},
	revises_id BIGINT REFERENCES list_entry(id) DEFERRABLE INITIALLY DEFERRED,
	server_id BIGINT REFERENCES server(id), -- NULL: not in the pool
	account_id BIGINT REFERENCES account(id),
	stratum BIGINT NOT NULL,
	country TEXT NOT NULL,
	hostname TEXT NOT NULL,
	address4 TEXT NOT NULL DEFAULT '',
	address6 TEXT NOT NULL DEFAULT '',
	location TEXT NOT NULL DEFAULT '',
	coordinates TEXT NOT NULL DEFAULT '',
	organisation TEXT NOT NULL DEFAULT '',
	synchronisation TEXT NOT NULL DEFAULT '',
	service_area TEXT NOT NULL DEFAULT '',
	access_policy TEXT NOT NULL DEFAULT 'OpenAccess',
	access_details TEXT NOT NULL DEFAULT '',
	notification BIGINT NOT NULL DEFAULT 0,
	contact TEXT NOT NULL DEFAULT '',
	approved_ms BIGINT,                    -- NULL: not shown
	refused_ms BIGINT,
	why TEXT NOT NULL DEFAULT '',          -- it was refused
	changed_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX list_entry_server ON list_entry(server_id)
	WHERE revises_id IS NULL;
CREATE UNIQUE INDEX list_entry_revises ON list_entry(revises_id);
CREATE INDEX list_entry_account ON list_entry(account_id);

-- Monitors and what they measure -------------------------------------------------

CREATE TABLE monitor (
	id {id},
	kind TEXT NOT NULL DEFAULT 'monitor',  -- monitor, score
	name TEXT NOT NULL UNIQUE,
	place TEXT NOT NULL DEFAULT '',
	account_id BIGINT REFERENCES account(id),
	state TEXT NOT NULL DEFAULT 'pending', -- pending, testing, active, paused, deleted
	code_hash {blob},                      -- one-time code, until it is used
	code_expires_ms BIGINT,
	public_key {blob},                     -- Ed25519
	families BIGINT NOT NULL DEFAULT 3,    -- 1: IPv4, 2: IPv6
	version TEXT NOT NULL DEFAULT '',
	address TEXT NOT NULL DEFAULT '',      -- where it called from last
	created_ms BIGINT NOT NULL,
	seen_ms BIGINT,
	submit_ms BIGINT,
	clock_ok BIGINT,                       -- NULL: never told
	clock_offset_s {real},
	clock_ms BIGINT,
	clock_why TEXT NOT NULL DEFAULT ''
);

CREATE TABLE batch (
	id TEXT PRIMARY KEY,
	monitor_id BIGINT NOT NULL REFERENCES monitor(id),
	given_ms BIGINT NOT NULL,
	taken_ms BIGINT,                       -- results are in the log
	spot BIGINT NOT NULL DEFAULT 0,        -- of spot checks: results are not scored
	servers TEXT NOT NULL DEFAULT '',      -- what it asks for: ids, blanks between
	results BIGINT NOT NULL DEFAULT 0,
	hash {blob},                           -- of the body, for the record
	signature {blob}
);
CREATE INDEX batch_given ON batch(monitor_id, given_ms);

-- "Probe now": one address, every monitor, once, in no log and no score.
CREATE TABLE spot (
	id {id},
	account_id BIGINT NOT NULL REFERENCES account(id),
	server_id BIGINT REFERENCES server(id), -- NULL: of a candidate
	address TEXT NOT NULL,
	family BIGINT NOT NULL,                -- 4, 6
	port BIGINT NOT NULL,
	asked_ms BIGINT NOT NULL
);
CREATE INDEX spot_asked ON spot(asked_ms);

CREATE TABLE spot_result (
	spot_id BIGINT NOT NULL REFERENCES spot(id),
	monitor_id BIGINT NOT NULL REFERENCES monitor(id),
	given_ms BIGINT NOT NULL,
	at_ms BIGINT,                          -- NULL: not measured yet
	offset_s {real},
	rtt_s {real},
	stratum BIGINT,
	leap BIGINT,
	error TEXT NOT NULL DEFAULT '',
	samples BIGINT NOT NULL DEFAULT 0,
	lost BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (spot_id, monitor_id)
){rowless};

-- One monitor's view of one server.
CREATE TABLE pair (
	server_id BIGINT NOT NULL REFERENCES server(id),
	monitor_id BIGINT NOT NULL REFERENCES monitor(id),
	state TEXT NOT NULL DEFAULT 'active',  -- candidate, testing, active, paused
	score {real} NOT NULL DEFAULT 0,
	strict_score {real} NOT NULL DEFAULT 0,
	score_ms BIGINT,
	offset_s {real},
	rtt_s {real},
	root_dist_s {real},
	stratum BIGINT,
	next_ms BIGINT NOT NULL DEFAULT 0,     -- when it is to be measured
	given_ms BIGINT,                       -- when it was last handed out
	mute BIGINT NOT NULL DEFAULT 0,        -- the last result did not count: no voice
	PRIMARY KEY (server_id, monitor_id)
);
CREATE INDEX pair_next ON pair(monitor_id, next_ms);
CREATE INDEX pair_score ON pair(monitor_id, score_ms);

-- Every step of every score.  What score/ needs to compute it again is here.
CREATE TABLE log (
	server_id BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,
	monitor_id BIGINT NOT NULL,
	offset_s {real},
	rtt_s {real},
	stratum BIGINT,
	leap BIGINT,
	error TEXT,                            -- kiss code or words; NULL: none
	samples BIGINT NOT NULL DEFAULT 0,     -- asked
	lost BIGINT NOT NULL DEFAULT 0,
	root_delay_s {real},
	root_disp_s {real},
	refid BIGINT,
	falseticker BIGINT NOT NULL DEFAULT 0,
	profile TEXT NOT NULL DEFAULT 'classic',
	rule TEXT NOT NULL,                    -- name in score/rules.c, or 'median'
	step {real} NOT NULL,
	score {real} NOT NULL,                 -- after it
	taken_ms BIGINT NOT NULL,              -- when it was scored; the order of medians
	voice BIGINT NOT NULL DEFAULT 0,       -- state of the pair: 0 candidate, 1 testing, 2 active, 3 paused
	counts BIGINT NOT NULL DEFAULT 1,      -- 0: the monitor's clock was wrong
	PRIMARY KEY (server_id, at_ms, monitor_id)
){rowless};
CREATE INDEX log_monitor ON log(monitor_id, at_ms);

-- T1 to T4 of each answer, nanoseconds since 1970 UTC.
CREATE TABLE sample (
	server_id BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,
	monitor_id BIGINT NOT NULL,
	n BIGINT NOT NULL,
	t1_ns BIGINT NOT NULL,
	t2_ns BIGINT NOT NULL,
	t3_ns BIGINT NOT NULL,
	t4_ns BIGINT NOT NULL,
	PRIMARY KEY (server_id, at_ms, monitor_id, n)
){rowless};

CREATE TABLE log_hour (
	server_id BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,
	monitor_id BIGINT NOT NULL,
	checks BIGINT NOT NULL,
	good BIGINT NOT NULL,
	samples BIGINT NOT NULL,
	lost BIGINT NOT NULL,
	offset_min_s {real},
	offset_mean_s {real},
	offset_max_s {real},
	rtt_min_s {real},
	score_min {real} NOT NULL,
	score_last {real} NOT NULL,
	PRIMARY KEY (server_id, at_ms, monitor_id)
){rowless};

CREATE TABLE log_day (
	server_id BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,
	monitor_id BIGINT NOT NULL,
	checks BIGINT NOT NULL,
	good BIGINT NOT NULL,
	samples BIGINT NOT NULL,
	lost BIGINT NOT NULL,
	offset_min_s {real},
	offset_mean_s {real},
	offset_max_s {real},
	rtt_min_s {real},
	score_min {real} NOT NULL,
	score_last {real} NOT NULL,
	PRIMARY KEY (server_id, at_ms, monitor_id)
){rowless};

-- Servers whose hour or day is to be summed up, because it is over or because
-- a result came late.
CREATE TABLE rollup_due (
	span_ms BIGINT NOT NULL,               -- an hour or a day
	at_ms BIGINT NOT NULL,                 -- its beginning
	server_id BIGINT NOT NULL,
	PRIMARY KEY (span_ms, at_ms, server_id)
){rowless};

-- Telling people ------------------------------------------------------------------

CREATE TABLE alert (
	server_id BIGINT PRIMARY KEY REFERENCES server(id),
	last_score {real} NOT NULL,
	first_ms BIGINT NOT NULL,
	last_ms BIGINT NOT NULL
);

CREATE TABLE webhook (
	id {id},
	account_id BIGINT NOT NULL REFERENCES account(id),
	url TEXT NOT NULL,
	secret TEXT NOT NULL,
	created_ms BIGINT NOT NULL
);

-- Mails and webhooks on their way; sent by one poold, tried again with backoff.
CREATE TABLE outbox (
	id {id},
	kind TEXT NOT NULL,                    -- mail, webhook
	target TEXT NOT NULL,                  -- address or URL
	secret TEXT NOT NULL DEFAULT '',
	subject TEXT NOT NULL DEFAULT '',
	body TEXT NOT NULL,
	queued_ms BIGINT NOT NULL,
	due_ms BIGINT NOT NULL,
	tries BIGINT NOT NULL DEFAULT 0,
	done_ms BIGINT,
	error TEXT NOT NULL DEFAULT ''
);
CREATE INDEX outbox_due ON outbox(due_ms) WHERE done_ms IS NULL;

CREATE TABLE setting (
	name TEXT PRIMARY KEY,
	value TEXT NOT NULL
);
