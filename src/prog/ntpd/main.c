/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * ntpd: the command line, the configuration, and then one of its processes
 * (doc: ntpd(8), PROCESSES).
 */
#include <string.h>

#include "os/process.h"
#include "prog/ntpd/bundle.h"
#include "prog/ntpd/cmdline.h"
#include "prog/ntpd/keeper.h"
#include "prog/ntpd/roles.h"
#include "prog/ntpd/setup.h"
#include "prog/ntpd/single.h"
#include "prog/ntpd/supervisor.h"

static void log_start(const struct cmdline *opt, struct log *log)
{
	log_notice(log, "%s starting", NTPD_VERSION);
	for (size_t i = 0; i < opt->n_notice; i++)
		log_notice(log, "option %s; it has no effect", opt->notice[i]);
}

static int run_supervisor(const struct setup *s, struct os_log *log,
			  char *const *argv, const struct disk_files *disk)
{
	struct supervisor_inputs in = {
		.setup = s,
		.log = log,
		.argv = argv,
		.bundle = disk->record,
		.bundle_len = disk->len,
		.detach_pipe = -1,
	};
	int r = s->opt->foreground ? 0 : process_detach(&in.detach_pipe);

	if (r < 0) {
		log_error(&log->log, "cannot detach: %s", strerror(-r));
		return NTPD_FAILED;
	}
	return supervisor_run(&in);
}

static int run(const struct setup *s, char *const *argv,
	       const struct disk_files *disk)
{
	struct os_log log;
	int r, status = NTPD_FAILED;

	os_log_init(&log, "ntpd");
	log.log.threshold = s->opt->log_level;
	r = keeper_open_log(s, &log);
	if (r < 0)
		log_error(&log.log, "log file %s: %s", s->cfg->log_file,
			  strerror(-r));
	log_start(s->opt, &log.log);
	if (r == 0)
		status = s->opt->single ? single_run(s, &log)
					: run_supervisor(s, &log, argv, disk);
	log_notice(&log.log, "exiting, status %d", status);
	os_log_done(&log);
	return status;
}

/* Nothing is started with a configuration that has an error in it. */
static int check_and_run(const struct cmdline *opt, char *const *argv)
{
	struct disk_files disk;
	struct setup setup;
	int status = NTPD_USAGE;

	disk_files_init(&disk);
	if (setup_read(&setup, opt, &disk.files, stderr) == 0)
		status = opt->check_only ? NTPD_OK : run(&setup, argv, &disk);
	setup_done(&setup);
	disk_files_done(&disk);
	return status;
}

int main(int argc, char **argv)
{
	struct cmdline opt;
	int status = NTPD_USAGE;

	switch (cmdline_read(argc, argv, &opt, stdout, stderr)) {
	case CMDLINE_RUN:
		status = opt.role == ROLE_SUPERVISOR ? check_and_run(&opt, argv)
						     : role_run(&opt);
		break;
	case CMDLINE_DONE:
		status = NTPD_OK;
		break;
	case CMDLINE_WRONG:
		break;
	}
	cmdline_done(&opt);
	return status;
}
