/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * A key for symmetric authentication, at the end of a keys file.  What is
 * there stays as it is, octet by octet, with its owner and mode.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/container.h"
#include "crypt/keys.h"
#include "os/state_file.h"
#include "prog/ntpctl/commands.h"

#define FILE_DEFAULT "/etc/ntp.keys"
#define FILE_MODE 0640
#define FILE_MAX 1000000
#define SECRET_MAX 32

static const struct {
	enum mac_algo algo;
	size_t len; /* octets of a new secret */
} types[] = {
	{MAC_AES128CMAC, 16}, /* RFC 8573; the default */
	{MAC_SHA256, 32},
	{MAC_SHA1, 20},
	{MAC_MD5, 16},
};

/* The row of a type, or NULL after a complaint. */
static bool find_type(struct ctl *c, size_t *out)
{
	const char *name = ctl_option(c, "type");

	for (*out = 0; *out < ARRAY_LEN(types); ++*out)
		if (!name ||
		    strcasecmp(mac_algo_name(types[*out].algo), name) == 0)
			return true;
	ctl_fail(c, "bad-type", "--type is AES128CMAC, SHA256, SHA1 or MD5");
	return false;
}

static void on_error(void *arg, const struct key_error *error)
{
	fprintf(stderr, "ntpctl: %s:%u: %s\n", (const char *)arg, error->line,
		error->text);
}

/* The least id above all of the file's; *need_newline: its last line has no end. */
static int next_id(const char *path, long wanted, long *id, bool *need_newline)
{
	struct keys keys = {0};
	char *text = NULL, name[4096];
	size_t len = 0;
	int r = state_file_read(path, FILE_MAX, true, &text, &len);

	*id = wanted ? wanted : 1;
	*need_newline = false;
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	snprintf(name, sizeof name, "%s", path);
	keys_parse(text, len, &keys, on_error, name);
	if (!wanted && keys.len > 0)
		*id = (long)keys.key[keys.len - 1].id + 1;
	if (wanted && keys_find(&keys, (uint32_t)wanted))
		r = -EEXIST;
	else if (*id > KEY_MAX_ID)
		r = -ERANGE;
	*need_newline = len > 0 && text[len - 1] != '\n';
	explicit_bzero(text, len);
	free(text);
	keys_free(&keys);
	return r;
}

/* The daemon's group reads it, where there is such a group and we may say so. */
static void give_to_daemon(int fd)
{
	const struct group *g = getgrnam("ntp");

	if (g && fchown(fd, (uid_t)-1, g->gr_gid) < 0)
		return; /* then it is for its owner */
}

static int append(const char *path, const char *line)
{
	bool is_new = access(path, F_OK) < 0;
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC,
		      FILE_MODE);
	int r;

	if (fd < 0)
		return -errno;
	if (is_new) {
		give_to_daemon(fd);
		r = fchmod(fd, FILE_MODE) < 0 ? -errno : 0;
	} else {
		r = 0;
	}
	if (r == 0)
		r = file_write_all(fd, line, strlen(line));
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	close(fd);
	return r;
}

static int make_line(size_t type, long id, bool newline, char *line, size_t cap)
{
	uint8_t secret[SECRET_MAX];
	struct text t = text_init(line, cap);
	size_t len = types[type].len;

	if (getrandom(secret, len, 0) != (ssize_t)len)
		return -EIO;
	text_add(&t, "%s%ld %s ", newline ? "\n" : "", id,
		 mac_algo_name(types[type].algo));
	for (size_t i = 0; i < len; i++)
		text_add(&t, "%02x", secret[i]);
	text_add(&t, "\n");
	explicit_bzero(secret, sizeof secret);
	return 0;
}

static int key_failed(struct ctl *c, const char *path, long id, int error)
{
	if (error == -EEXIST)
		return ctl_fail(c, "exists", "%s has a key %ld already", path,
				id);
	if (error == -ERANGE)
		return ctl_fail(c, "no-id", "%s has key %d already; --id N",
				path, KEY_MAX_ID);
	return ctl_fail(c, "not-written", "%s: %s", path, strerror(-error));
}

int cmd_keygen(struct ctl *c)
{
	const char *path = ctl_arg(c, "FILE");
	char line[160];
	bool newline;
	size_t type;
	long wanted, id;
	int r;

	if (!find_type(c, &type) ||
	    !ctl_int(c, "id", 1, KEY_MAX_ID, 0, &wanted))
		return CTL_USAGE;
	if (!path)
		path = FILE_DEFAULT;
	r = next_id(path, wanted, &id, &newline);
	if (r == 0)
		r = make_line(type, id, newline, line, sizeof line);
	if (r == 0)
		r = append(path, line);
	explicit_bzero(line, sizeof line);
	if (r < 0)
		return key_failed(c, path, id, r);
	return ctl_done(c,
			"key %ld (%s) is in %s; the other side needs the same "
			"line.  In ntp.conf: keys %s, trustedkey %ld, and "
			"behind the server: key %ld",
			id, mac_algo_name(types[type].algo), path, path, id,
			id);
}
