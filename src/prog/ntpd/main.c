/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * ntpd: the command line, the configuration, and then one of its processes
 * (doc: ntpd(8), PROCESSES).
 */
#include <string.h>

#include "prog/ntpd/bundle.h"
#include "prog/ntpd/cmdline.h"
#include "prog/ntpd/keeper.h"
#include "prog/ntpd/setup.h"
#include "prog/ntpd/single.h"

static void log_start(const struct cmdline *opt, struct log *log)
{
	log_notice(log, "%s starting", NTPD_VERSION);
	for (size_t i = 0; i < opt->n_notice; i++)
		log_notice(log, "option %s; it has no effect", opt->notice[i]);
}

static int run_daemon(const struct cmdline *opt)
{
	struct disk_files disk;
	struct os_log log;
	struct setup setup;
	int r, status = NTPD_USAGE;

	os_log_init(&log, "ntpd");
	log.log.threshold = opt->log_level;
	disk_files_init(&disk);
	r = setup_read(&setup, opt, &disk.files, stderr);
	if (r == 0 && opt->check_only)
		status = NTPD_OK;
	if (r == 0 && !opt->check_only) {
		status = NTPD_FAILED;
		r = keeper_open_log(&setup, &log);
		if (r < 0)
			log_error(&log.log, "log file %s: %s",
				  setup.cfg->log_file, strerror(-r));
		log_start(opt, &log.log);
		if (r == 0)
			status = single_run(&setup, &log);
		log_notice(&log.log, "exiting, status %d", status);
	}
	setup_done(&setup);
	disk_files_done(&disk);
	os_log_done(&log);
	return status;
}

int main(int argc, char **argv)
{
	struct cmdline opt;
	int status = NTPD_USAGE;

	switch (cmdline_read(argc, argv, &opt, stdout, stderr)) {
	case CMDLINE_RUN:
		status = run_daemon(&opt);
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
