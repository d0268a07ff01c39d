/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/errand/guard.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/udp.h"
#include "pool/book/address.h"

bool guard_allows(const struct guard *g, const struct net_addr *addr)
{
	struct net_addr a = net_addr_unmap(addr);

	if (a.port < 1024 && a.port != 80 && a.port != 443)
		return false;
	return g->private_addresses ? net_addr_is_host(&a)
				    : net_addr_is_global(&a);
}

static curl_socket_t open_socket(void *clientp, curlsocktype purpose,
				 struct curl_sockaddr *to)
{
	struct guard *g = clientp;
	struct sockaddr_storage sa = {0};

	(void)purpose;
	if (to->addrlen > sizeof sa)
		return CURL_SOCKET_BAD;
	memcpy(&sa, &to->addr, to->addrlen);
	g->addr = os_sockaddr_to(&sa);
	if (!guard_allows(g, &g->addr)) {
		g->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

void guard_set(CURL *curl, struct guard *g)
{
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, g);
}
