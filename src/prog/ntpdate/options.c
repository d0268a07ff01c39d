/* SPDX-License-Identifier: BSD-2-Clause */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "base/units.h"
#include "crypt/keys.h"
#include "ntp/survey.h"

enum { OPT_PORT = 256, OPT_CLOCK };

static const struct option long_options[] = {
	{"port", required_argument, NULL, OPT_PORT},
	{"clock", required_argument, NULL, OPT_CLOCK}, /* for tests */
	{0},
};

static int usage(const char *program)
{
	fprintf(stderr,
		"usage: %s [-46bBdqsuv] [-a key#] [-e delay] [-k file] "
		"[-p samples] [-o version#] [-t timeo] [--port port#] "
		"server ...\n",
		program);
	return -EINVAL;
}

static int number(const char *text, long min, long max, unsigned *out)
{
	long v;
	int r = text_to_int(text, min, max, &v);

	if (r == 0)
		*out = (unsigned)v;
	return r;
}

static int clock_kind(const char *text, enum os_clock_kind *out)
{
	if (strcmp(text, "kernel") == 0)
		*out = OS_CLOCK_KERNEL;
	else if (strcmp(text, "none") == 0)
		*out = OS_CLOCK_NONE;
	else if (strcmp(text, "virtual") == 0)
		*out = OS_CLOCK_VIRTUAL;
	else
		return -EINVAL;
	return 0;
}

static int parse_value(struct options *o, int opt, const char *text)
{
	double unused;
	unsigned v;
	int r;

	switch (opt) {
	case 'a':
		return number(text, 1, KEY_MAX_ID, &o->key_id);
	case 'e': /* the time that a MAC takes: measured by departure stamps */
		return text_to_double(text, 0, 10, &unused);
	case 'k':
		o->keys_file = text;
		return 0;
	case 'o':
		return number(text, 1, 4, &o->version);
	case 'p':
		return number(text, 1, SAMPLES_MAX, &o->samples);
	case 't':
		return text_to_double(text, 0.1, 60, &o->timeout_s);
	case OPT_PORT:
		r = number(text, 1, 65535, &v);
		o->port = r == 0 ? (uint16_t)v : o->port;
		return r;
	case OPT_CLOCK:
		return clock_kind(text, &o->clock);
	default:
		return -ENOENT;
	}
}

static bool parse_flag(struct options *o, int opt)
{
	switch (opt) {
	case '4':
		o->family = AF_INET;
		break;
	case '6':
		o->family = AF_INET6;
		break;
	case 'b':
		o->always_step = true;
		break;
	case 'B':
		o->always_slew = true;
		break;
	case 'd':
		o->debug = true;
		break;
	case 'q':
		o->query = true;
		break;
	case 's':
		o->to_syslog = true;
		break;
	case 'u': /* every request leaves from an unprivileged port */
		break;
	case 'v':
		o->show_version = true;
		break;
	default:
		return false;
	}
	return true;
}

/* What getopt could not make sense of. */
static int complain(const char *program, char **argv, int opt)
{
	if (opt == ':')
		fprintf(stderr, "%s: option %s needs a value\n", program,
			argv[optind - 1]);
	else if (optopt)
		fprintf(stderr, "%s: unknown option -%c\n", program, optopt);
	else
		fprintf(stderr, "%s: unknown option %s\n", program,
			argv[optind - 1]);
	return usage(program);
}

int options_parse(int argc, char **argv, struct options *o)
{
	const char *program = argc > 0 ? argv[0] : "ntpdate";
	int opt;

	*o = (struct options){
		.family = AF_UNSPEC,
		.samples = 4,
		.version = 4,
		.timeout_s = 1,
		.port = NTP_PORT,
	};
	while ((opt = getopt_long(argc, argv, ":46a:bBde:k:o:p:qst:uv",
				  long_options, NULL)) != -1) {
		if (opt == '?' || opt == ':')
			return complain(program, argv, opt);
		if (parse_flag(o, opt))
			continue;
		if (parse_value(o, opt, optarg) < 0) {
			fprintf(stderr, "%s: %s is no value for this option\n",
				program, optarg);
			return usage(program);
		}
	}
	o->server = argv + optind;
	o->n_server = argc - optind;
	return 0;
}
