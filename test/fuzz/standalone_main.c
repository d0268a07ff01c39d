/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

/*
 * Runs a fuzz target without libFuzzer, as an ordinary test with any compiler:
 * every file of the corpus folders, then some seeded mutations of each.
 *
 *     fuzz-NAME CORPUS_DIR...
 *
 * With TEST_BRIEFLY in the environment (Valgrind) fewer mutations.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX 65536
#define MUTATIONS 200
#define MUTATIONS_BRIEFLY 20

/* Exactly as large as the input, so that a sanitizer sees one octet too far. */
static void run_one(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		abort();
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void run_mutations(struct rng *rng, const uint8_t *data, size_t size)
{
	static uint8_t buf[INPUT_MAX];
	int most = getenv("TEST_BRIEFLY") ? MUTATIONS_BRIEFLY : MUTATIONS;

	for (int n = 0; n < most && size > 0; n++) {
		uint64_t r = rng_u64(rng);
		size_t cut = r & 1 ? size : r >> 8 & 0xffff;

		memcpy(buf, data, size);
		for (unsigned i = 0; i < 1 + (r >> 1 & 7); i++) {
			uint64_t what = rng_u64(rng);

			buf[(what >> 8) % size] = (uint8_t)what;
		}
		run_one(buf, cut < size ? cut : size);
	}
}

static int run_file(const char *dir, const char *name)
{
	static uint8_t buf[INPUT_MAX];
	char path[4096];
	struct rng rng;
	size_t size;
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "rb");
	if (!f) {
		perror(path);
		return -1;
	}
	size = fread(buf, 1, sizeof buf, f);
	fclose(f);
	rng_seed(&rng, size);
	run_one(buf, size);
	run_mutations(&rng, buf, size);
	return 0;
}

/* Number of files run, or -1. */
static int run_dir(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int n = 0;

	if (!dir) {
		perror(path);
		return -1;
	}
	while ((entry = readdir(dir)) && n >= 0)
		if (entry->d_name[0] != '.')
			n = run_file(path, entry->d_name) < 0 ? -1 : n + 1;
	closedir(dir);
	return n;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		int n = run_dir(argv[i]);

		if (n <= 0) {
			fprintf(stderr, "%s: no corpus\n", argv[i]);
			return EXIT_FAILURE;
		}
		printf("%s: %d files\n", argv[i], n);
	}
	return argc > 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
