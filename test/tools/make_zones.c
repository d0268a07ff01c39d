/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * make-zones SNAPSHOT SECRET PUBLIC [BUILT_MS [EXPORT]]: a snapshot of zones from
 * lines on standard input, for tests and benchmarks.  The keys are made when they
 * are not there yet.  EXPORT (zone, geodns, knot) writes it on standard output
 * in the words of another server.
 *
 *     ns ns1.pool.test=127.0.0.1       name server
 *     zone de country europe strict    name, kind, parent, policy
 *     place 192.0.2.0/24 de
 *     server 10.0.0.1 10000 7 de @     address, kbit/s, account, zones
 *
 * The domain is pool.test; zone "@" is there from the beginning.
 */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "pool/zone/build.h"
#include "pool/zone/export.h"
#include "pool/zone/places.h"

#define MAX_ZONES 512
#define MAX_WORDS 16

struct input {
	struct zone_server *server;
	size_t n_server, cap_server;
	struct zone_row zone[MAX_ZONES];
	uint32_t *member[MAX_ZONES];
	size_t cap_member[MAX_ZONES];
	size_t n_zone;
	struct zone_place place[256];
	size_t n_place;
	const char *ns[16];
	size_t n_ns;
};

static void end(const char *what)
{
	fprintf(stderr, "make-zones: %s\n", what);
	exit(1);
}

static int zone_of(const struct input *in, const char *name)
{
	for (size_t i = 0; i < in->n_zone; i++)
		if (strcmp(in->zone[i].name, name) == 0)
			return (int)i;
	end(name);
	return -1;
}

static void add_zone(struct input *in, char **word, int n)
{
	static const char *const kinds[] = {"global", "continent", "country",
					    "custom", "vendor"};
	struct zone_row *z = &in->zone[in->n_zone];

	z->parent = in->n_zone && n > 3 ? zone_of(in, word[3]) : -1;
	z->policy = ZONE_LOCAL_FIRST;
	if (n > 4 && !zone_policy_find(word[4], &z->policy))
		end(word[4]);
	for (int k = 0; k < 5; k++)
		if (strcmp(word[2], kinds[k]) == 0)
			z->kind = (enum zone_kind)k;
	snprintf(z->name, sizeof z->name, "%s", word[1]);
	in->n_zone++;
}

static void add_server(struct input *in, char **word, int n)
{
	struct zone_server s = {.id = (int64_t)in->n_server + 1};

	if (n < 4 || net_addr_parse(word[1], &s.addr) < 0)
		end(word[1]);
	s.weight = atof(word[2]);
	s.account_id = atol(word[3]);
	in->server =
		array_grow(in->server, in->n_server, &in->cap_server, sizeof s);
	in->server[in->n_server] = s;
	for (int i = 4; i < n; i++) {
		int z = zone_of(in, word[i]);
		struct zone_row *row = &in->zone[z];

		in->member[z] =
			array_grow(in->member[z], row->n_member,
				   &in->cap_member[z], sizeof *in->member[z]);
		in->member[z][row->n_member++] = (uint32_t)in->n_server;
		row->member = in->member[z];
	}
	in->n_server++;
}

static void take_line(struct input *in, char *line)
{
	char *word[MAX_WORDS] = {0}, *save;
	int n = 0;

	for (char *w = strtok_r(line, " \t\n", &save); w && n < MAX_WORDS;
	     w = strtok_r(NULL, " \t\n", &save))
		word[n++] = w;
	if (n == 0)
		return;
	if (strcmp(word[0], "ns") == 0 && n == 2) {
		in->ns[in->n_ns++] = xstrdup(word[1]);
	} else if (strcmp(word[0], "zone") == 0 && n > 2) {
		add_zone(in, word, n);
	} else if (strcmp(word[0], "place") == 0 && n == 3) {
		struct zone_place *p = &in->place[in->n_place++];

		if (place_parse(word[1], &p->net, &p->prefix) < 0)
			end(word[1]);
		p->zone = zone_of(in, word[2]);
	} else if (strcmp(word[0], "server") == 0) {
		add_server(in, word, n);
	} else {
		end(word[0]);
	}
}

/* Sets of Knot that make its shares fine enough to compare. */
#define KNOT_SETS 512

static void export_to(const struct snapshot_image *image, const char *form)
{
	struct snapshot snap;
	char why[64];
	struct text t = text_init(why, sizeof why);

	if (snapshot_open(image->data, image->len, NULL, &snap, &t) < 0)
		end(why);
	if (strcmp(form, "zone") == 0)
		export_zone_file(&snap, 1, 1, stdout);
	else if (strcmp(form, "geodns") == 0)
		export_geodns(&snap, stdout);
	else if (strcmp(form, "knot") == 0)
		export_knot(&snap, KNOT_SETS, 1, stdout);
	else
		end(form);
}

static void write_all(struct input *in, char **argv, int64_t built_ms)
{
	struct zone_input zi = {
		.origin = {.name = "pool.test",
			   .name_server = in->ns,
			   .n_name_server = in->n_ns,
			   .contact = "keeper@pool.test",
			   .web = "www.example.org",
			   .ttl_s = 150,
			   .max_hosts = 4},
		.server = in->server,
		.n_server = in->n_server,
		.zone = in->zone,
		.n_zone = in->n_zone,
		.place = in->place,
		.n_place = in->n_place,
		.account_share = 1,
		.prefix_share = 1,
		.seed = (uint64_t)built_ms,
		.now_ms = built_ms,
	};
	struct snapshot_image image;
	struct snapshot_key key;
	char why[256];
	struct text t = text_init(why, sizeof why);

	if (zone_build(&zi, &image, &t) < 0)
		end(why);
	if (access(argv[2], F_OK) < 0 &&
	    snapshot_key_make(argv[2], argv[3]) < 0)
		end(argv[2]);
	if (snapshot_key_read(argv[2], &key) < 0 ||
	    snapshot_write(argv[1], &image, &key) < 0)
		end(argv[1]);
	if (argv[4] && argv[5])
		export_to(&image, argv[5]);
	snapshot_image_done(&image);
}

int main(int argc, char **argv)
{
	struct input *in = xcalloc(1, sizeof *in);
	char line[1024];
	int64_t built_ms = (int64_t)time(NULL) * 1000;

	if (argc < 4 || sodium_init() < 0)
		end("usage: make-zones SNAPSHOT SECRET PUBLIC [BUILT_MS]");
	if (argc > 4)
		built_ms = atoll(argv[4]);
	snprintf(line, sizeof line, "zone @ global");
	take_line(in, line);
	while (fgets(line, sizeof line, stdin))
		take_line(in, line);
	write_all(in, argv, built_ms);
	for (size_t i = 0; i < in->n_zone; i++)
		free(in->member[i]);
	for (size_t i = 0; i < in->n_ns; i++)
		free((void *)(uintptr_t)in->ns[i]);
	free(in->server);
	free(in);
	return 0;
}
