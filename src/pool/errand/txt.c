/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/errand/txt.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* A record is strings with their length before them, which belong together. */
static bool record_is(const uint8_t *data, size_t len, const char *want)
{
	size_t left = strlen(want);

	while (len > 0) {
		size_t n = *data++;

		len--;
		if (n > len || n > left || memcmp(data, want, n) != 0)
			return false;
		data += n;
		len -= n;
		want += n;
		left -= n;
	}
	return left == 0;
}

bool txt_answer_has(const uint8_t *message, size_t len, const char *want)
{
	ns_msg msg;
	ns_rr rr;
	int n;

	if (len > TXT_ANSWER_MAX || ns_initparse(message, (int)len, &msg) < 0)
		return false;
	n = ns_msg_count(msg, ns_s_an);
	if (n > TXT_RECORDS_MAX)
		n = TXT_RECORDS_MAX;
	for (int i = 0; i < n; i++) {
		if (ns_parserr(&msg, ns_s_an, i, &rr) < 0)
			return false;
		if (ns_rr_type(rr) == ns_t_txt && ns_rr_class(rr) == ns_c_in &&
		    record_is(ns_rr_rdata(rr), ns_rr_rdlen(rr), want))
			return true;
	}
	return false;
}

int txt_has(const char *name, const char *want)
{
	struct __res_state state = {0};
	uint8_t *answer;
	int len, r;

	if (res_ninit(&state) < 0)
		return -EAGAIN;
	answer = xcalloc(1, TXT_ANSWER_MAX);
	len = res_nquery(&state, name, ns_c_in, ns_t_txt, answer,
			 TXT_ANSWER_MAX);
	if (len >= 0)
		r = txt_answer_has(answer, (size_t)len, want);
	else
		r = state.res_h_errno == HOST_NOT_FOUND ||
				    state.res_h_errno == NO_DATA
			    ? -ENOENT
			    : -EAGAIN;
	res_nclose(&state);
	free(answer);
	return r;
}
