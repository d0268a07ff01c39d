/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/errand/fetch.h"

#include <errno.h>
#include <stdio.h>

struct intake {
	struct buf *body;
	bool too_long;
};

static size_t take(char *data, size_t size, size_t n, void *arg)
{
	struct intake *in = arg;

	(void)size; /* always 1 */
	if (in->body->len + n > FETCH_MAX) {
		in->too_long = true;
		return 0;
	}
	buf_add(in->body, data, n);
	return n;
}

static int judge(CURL *curl, CURLcode code, const struct guard *g,
		 const struct intake *in, struct text *why)
{
	char addr[NET_ADDR_TEXT_LEN];
	long status = 0;

	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	if (g->refused) {
		text_add(why, "%s is no address that we connect to",
			 net_addr_format_port(&g->addr, addr));
		return -EACCES;
	}
	if (in->too_long) {
		text_add(why, "the page is longer than %d octets", FETCH_MAX);
		return -EFBIG;
	}
	if (code == CURLE_OPERATION_TIMEDOUT) {
		text_add(why, "no page within %d s", FETCH_TIMEOUT_MS / 1000);
		return -ETIMEDOUT;
	}
	if (code != CURLE_OK) {
		text_add(why, "%s", curl_easy_strerror(code));
		return -ECONNREFUSED;
	}
	if (status != 200) {
		text_add(why, "status %ld instead of 200%s", status,
			 status >= 300 && status < 400
				 ? "; redirects are not followed"
				 : "");
		return -EREMOTEIO;
	}
	return 0;
}

static struct curl_slist *host_header(const char *host)
{
	char line[300];

	if (!host)
		return NULL;
	snprintf(line, sizeof line, "Host: %s", host);
	return curl_slist_append(NULL, line);
}

int fetch_page(const char *url, const char *host, struct guard *g,
	       struct buf *body, struct text *why)
{
	struct intake in = {.body = body};
	struct curl_slist *headers = host_header(host);
	CURL *curl = curl_easy_init();
	int r;

	if (!curl) {
		curl_slist_free_all(headers);
		text_add(why, "out of memory");
		return -ENOMEM;
	}
	g->refused = false;
	guard_set(curl, g);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)FETCH_TIMEOUT_MS);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &in);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "poold/" TIMEBALL_VERSION);
	r = judge(curl, curl_easy_perform(curl), g, &in, why);
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	return r;
}
