/* SPDX-License-Identifier: BSD-2-Clause */
#include "api.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/container.h"
#include "base/net_addr.h"
#include "pool/talk/talk.h"

#define CONNECT_TIMEOUT_S 10L
#define TIMEOUT_S 30L

static bool is_this_machine(const char *host)
{
	struct net_addr addr;

	if (strcmp(host, "localhost") == 0)
		return true;
	return net_addr_parse(host, &addr) == 0 && net_addr_is_loopback(&addr);
}

/* Is it https, or http to a loopback address? */
static bool may_use(const char *url)
{
	CURLU *u = curl_url();
	char *scheme = NULL, *host = NULL;
	bool ok;

	ok = curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
	     curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
	     curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
	     (strcmp(scheme, "https") == 0 ||
	      (strcmp(scheme, "http") == 0 && is_this_machine(host)));
	curl_free(scheme);
	curl_free(host);
	curl_url_cleanup(u);
	return ok;
}

int api_open(struct api *a, struct text *why)
{
	if (!may_use(a->url)) {
		text_add(why,
			 "monitor-server %s: has to be https://, or http:// "
			 "to this machine",
			 a->url);
		return -EINVAL;
	}
	a->curl = curl_easy_init();
	if (!a->curl) {
		text_add(why, "cannot start libcurl");
		return -ENOMEM;
	}
	return 0;
}

void api_close(struct api *a)
{
	curl_easy_cleanup(a->curl);
	a->curl = NULL;
}

static size_t on_data(char *data, size_t size, size_t n, void *arg)
{
	struct buf *answer = arg;

	if (answer->len + size * n > TALK_BODY_MAX)
		return 0; /* ends the transfer */
	buf_add(answer, data, size * n);
	return size * n;
}

static int on_progress(void *arg, curl_off_t a, curl_off_t b, curl_off_t c,
		       curl_off_t d)
{
	const struct api *api = arg;

	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return api->stop && *api->stop;
}

static struct curl_slist *make_headers(const struct identity *who,
				       const char *purpose,
				       const struct buf *body)
{
	char line[256], signature[SIGN_TEXT_LEN];
	struct curl_slist *list;

	list = curl_slist_append(NULL, "Content-Type: application/json");
	list = curl_slist_append(list, "Expect:"); /* no 100-continue */
	if (!who)
		return list;
	snprintf(line, sizeof line, SIGN_MONITOR_HEADER ": %ld",
		 who->monitor_id);
	list = curl_slist_append(list, line);
	sign_make(who->secret_key, purpose, buf_text(body), body->len,
		  signature);
	snprintf(line, sizeof line, SIGN_HEADER ": %s", signature);
	return curl_slist_append(list, line);
}

static void set_options(struct api *a, const char *url, const struct buf *body,
			struct buf *answer, struct curl_slist *headers,
			char *error)
{
	CURL *c = a->curl;

	curl_easy_reset(c);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_POSTFIELDS, buf_text(body));
	curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->len);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "poolmon/" TIMEBALL_VERSION);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, answer);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, a);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_S);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, TIMEOUT_S);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, error);
	if (strncmp(url, "http:", 5) == 0)
		curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
	if (a->ca_file)
		curl_easy_setopt(c, CURLOPT_CAINFO, a->ca_file);
}

/*
 * libcurl with GnuTLS says of every certificate that verification failed; why
 * is in a word of GnuTLS' flags (gnutls_certificate_status_t).
 */
static const char *certificate_fault(CURL *c)
{
	static const struct {
		long flag;
		const char *text;
	} faults[] = {
		{1 << 5, "it was revoked"},
		{1 << 6, "nobody that is trusted here has signed it"},
		{1 << 9, "it is not valid yet"},
		{1 << 10, "it has expired"},
	};
	const char *tls = curl_version_info(CURLVERSION_NOW)->ssl_version;
	long flags = 0;

	curl_easy_getinfo(c, CURLINFO_SSL_VERIFYRESULT, &flags);
	if (!tls || strncmp(tls, "GnuTLS", 6) != 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(faults); i++)
		if (flags & faults[i].flag)
			return faults[i].text;
	return NULL;
}

static void say_why(CURL *c, CURLcode r, const char *url, const char *error,
		    struct text *why)
{
	const char *fault = r == CURLE_PEER_FAILED_VERIFICATION
				    ? certificate_fault(c)
				    : NULL;

	if (fault)
		text_add(why, "%s: the server's certificate: %s", url, fault);
	else
		text_add(why, "%s: %s", url,
			 error[0] ? error : curl_easy_strerror(r));
}

int api_post(struct api *a, const char *path, const struct identity *who,
	     const char *purpose, const struct buf *body, struct buf *answer,
	     struct text *why)
{
	char url[2048], error[CURL_ERROR_SIZE] = "";
	struct curl_slist *headers = make_headers(who, purpose, body);
	long status = 0;
	CURLcode r;

	buf_done(answer);
	snprintf(url, sizeof url, "%s%s", a->url, path);
	set_options(a, url, body, answer, headers, error);
	r = curl_easy_perform(a->curl);
	if (r == CURLE_OK)
		curl_easy_getinfo(a->curl, CURLINFO_RESPONSE_CODE, &status);
	else if (r == CURLE_WRITE_ERROR)
		text_add(why, "%s: the answer is larger than %u octets", a->url,
			 TALK_BODY_MAX);
	else
		say_why(a->curl, r, a->url, error, why);
	curl_slist_free_all(headers);
	return r == CURLE_OK ? (int)status : -EIO;
}
