/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "prog/ntp-exporter/metrics.h"

/* The octets as a status document, and what the exporter makes of it. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Each line begins with "# " or the name of a family, and nothing moves a cursor. */
static void check_lines(const struct buf *b)
{
	const char *at = buf_text(b);

	if (!utf8_is_plain(at, b->len, true))
		abort();
	for (; *at; at += strcspn(at, "\n"), at += *at == '\n')
		if (strncmp(at, "# ", 2) != 0 && strncmp(at, "ntp_", 4) != 0 &&
		    strncmp(at, "chrony_", 7) != 0)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char words[512];
	struct text why = text_init(words, sizeof words);
	struct document d;
	struct buf b = {0};

	if (doc_read((const char *)data, len, &d, &why) < 0) {
		if (!utf8_is_plain(words, strlen(words), false))
			abort();
		return 0;
	}
	metrics_put(&b, &d);
	chrony_put(&b, &d);
	check_lines(&b);
	buf_done(&b);
	doc_done(&d);
	return 0;
}
