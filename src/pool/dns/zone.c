/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/dns/zone.h"

#include <errno.h>
#include <string.h>

#include "pool/zone/places.h"

/* "time.keeper@example.org": what stands before the @ is one label. */
static int mailbox(const char *mail, struct dns_name *out)
{
	const char *at = strrchr(mail, '@');
	size_t label = at ? (size_t)(at - mail) : 0;
	struct dns_name domain;

	if (label == 0 || label > DNS_LABEL_MAX ||
	    dns_name_from_text(at + 1, &domain) < 0 ||
	    1 + label + domain.len > DNS_NAME_MAX)
		return -EINVAL;
	out->len = (uint8_t)(1 + label + domain.len);
	out->octets[0] = (uint8_t)label;
	memcpy(out->octets + 1, mail, label);
	memcpy(out->octets + 1 + label, domain.octets, domain.len);
	return 0;
}

int dns_zone_open(const struct snapshot *snap, struct dns_zone *out)
{
	const struct snapshot_head *head = snap->head;
	size_t n;
	const struct country *country = country_list(&n);
	int r;

	*out = (struct dns_zone){.snap = *snap};
	out->serial = (uint32_t)(head->built_ms / 1000);
	r = dns_name_from_text(head->origin, &out->origin);
	if (r == 0)
		r = dns_name_from_text(head->web, &out->web);
	if (r == 0)
		r = mailbox(head->contact, &out->contact);
	while (r == 0 && out->n_host < snap->n_host &&
	       out->n_host < DNS_ZONE_HOSTS_MAX) {
		size_t i = out->n_host++;

		r = dns_name_from_text(snap->host[i].name, &out->host[i]);
	}
	for (size_t i = 0; i < n && i + 1 < DNS_ZONE_COUNTRIES; i++)
		out->country[i + 1] = snapshot_country(snap, country[i].code);
	return r;
}
