/* SPDX-License-Identifier: BSD-2-Clause */
#include "ctl/vars.h"

#include <stdio.h>
#include <string.h>

#include "base/container.h"
#include "cmocka_all.h"
#include "sample_view.h"

static size_t size_of_show(enum var_show show)
{
	static const size_t sizes[] = {
		[SHOW_U8] = sizeof(uint8_t),
		[SHOW_HEX8] = sizeof(uint8_t),
		[SHOW_I8] = sizeof(int8_t),
		[SHOW_U16] = sizeof(uint16_t),
		[SHOW_U32] = sizeof(uint32_t),
		[SHOW_INT] = sizeof(int),
		[SHOW_UINT] = sizeof(unsigned),
		[SHOW_HEX] = sizeof(unsigned),
		[SHOW_U64] = sizeof(uint64_t),
		[SHOW_I64] = sizeof(int64_t),
		[SHOW_MS] = sizeof(double),
		[SHOW_MS3] = sizeof(double),
		[SHOW_PPM] = sizeof(double),
		[SHOW_TS] = sizeof(struct ntp_ts),
	};

	return sizes[show];
}

static void rows_are_sound(void **state)
{
	(void)state;
	for (size_t i = 0; i < vars_len; i++) {
		const struct var *v = &vars[i];

		if (v->show == SHOW_FN)
			assert_non_null(v->fn);
		else
			assert_int_equal(v->field.size, size_of_show(v->show));
		assert_false(v->field.from == FROM_ASSOC &&
			     v->scope == VAR_SYS);
		for (size_t j = 0; j < i; j++)
			assert_false(vars[j].scope == v->scope &&
				     strcmp(vars[j].name, v->name) == 0);
	}
}

/* Every variable is in ntpq(1). */
static void rows_are_in_the_manual(void **state)
{
	FILE *f = fopen(TEST_DATA "/../../man/ntpq.1", "r");
	char text[32768], name[64];
	size_t n;

	(void)state;
	assert_non_null(f);
	n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	assert_true(n < sizeof text - 1);
	text[n] = '\0';
	for (char *p = text; *p; p++)
		if (*p == '\n')
			*p = ' ';
	for (size_t i = 0; i < vars_len; i++) {
		snprintf(name, sizeof name, " %s ", vars[i].name);
		if (!strstr(text, name))
			fail_msg("%s is not in the manual", vars[i].name);
	}
}

static void every_value_fits(void **state)
{
	struct sample_view s;

	(void)state;
	sample_view_init(&s);
	for (size_t a = 0; a < ARRAY_LEN(s.assoc); a++) {
		s.view.facts.assoc = &s.assoc[a];
		for (size_t i = 0; i < vars_len; i++) {
			char buf[VAR_VALUE_LEN];
			struct text t = text_init(buf, sizeof buf);

			var_value(&vars[i], &s.view.facts, &t);
			assert_false(t.full);
		}
	}
}

/* A value of one variable of the sample; assoc: index, or -1 for the system. */
static void assert_value(int assoc, const char *name, const char *want)
{
	enum var_scope scope = assoc < 0 ? VAR_SYS : VAR_PEER;
	struct sample_view s;

	sample_view_init(&s);
	s.view.facts.assoc = assoc < 0 ? NULL : &s.assoc[assoc];
	for (size_t i = 0; i < vars_len; i++) {
		char buf[VAR_VALUE_LEN];
		struct text t = text_init(buf, sizeof buf);

		if (vars[i].scope != scope || strcmp(vars[i].name, name) != 0)
			continue;
		var_value(&vars[i], &s.view.facts, &t);
		assert_string_equal(buf, want);
		return;
	}
	fail_msg("no variable %s", name);
}

static void system_values(void **state)
{
	(void)state;
	assert_value(-1, "leap", "0");
	assert_value(-1, "stratum", "2");
	assert_value(-1, "rootdelay", "1.756");
	assert_value(-1, "rootdisp", "4.030");
	assert_value(-1, "rootdist", "4.908");
	assert_value(-1, "refid", "10.9.0.12");
	assert_value(-1, "offset", "0.809873");
	assert_value(-1, "frequency", "-6.421000");
	assert_value(-1, "clock", "0xeeae4426.75810624");
	assert_value(-1, "leapsec", "201701010000");
	assert_value(-1, "expire", "");
	assert_value(-1, "peeradr", "\"10.9.0.12:123\"");
	assert_value(-1, "ss_oldver", "6");
	assert_value(-1, "kmaxerr", "15.9");
	assert_value(-1, "kesterr", "0.25");
}

static void peer_values(void **state)
{
	(void)state;
	assert_value(0, "srcadr", "10.9.0.12");
	assert_value(0, "srchost", ""); /* configured by address */
	assert_value(0, "refid", "PPS");
	assert_value(0, "delay", "1.755795");
	assert_value(0, "reach", "0xff");
	assert_value(0, "xmt", "0xeeae4424.75810624");
	assert_value(0, "filtoffset",
		     " 0.38 -0.40 0.00 0.00 0.00 0.00 0.00 0.00");
	assert_value(0, "filtdisp",
		     " 0.12 0.90 16000.00 16000.00 16000.00 16000.00 16000.00"
		     " 16000.00");
	assert_value(1, "srchost", "\"bad.test\"");
	assert_value(2, "srcadr", "0.0.0.0");
	assert_value(2, "srcport", "0");
	assert_value(2, "refid", "POOL");
	assert_value(2, "stratum", "16");
	assert_value(2, "ppoll", "10");
	assert_value(2, "rec", "0x00000000.00000000");
	assert_value(2, "dispersion", "16000.000000");
	assert_value(3, "refid", "DNS");
	assert_value(4, "srchost", "\"LOCAL(0)\"");
	assert_value(4, "srcadr", "127.127.1.0");
	assert_value(4, "refid", "LOCL");
}

/* M-13: a refid or a name cannot forge items or reach the terminal. */
static void hostile_text_is_replaced(void **state)
{
	struct sample_view s;
	char buf[VAR_VALUE_LEN];

	(void)state;
	sample_view_init(&s);
	s.assoc[0].refid = 0x2c1b3d22; /* , ESC = " */
	s.assoc[0].name = "a\"b\x1b[2J,x=1";
	s.view.facts.assoc = &s.assoc[0];
	for (size_t i = 0; i < vars_len; i++) {
		struct text t = text_init(buf, sizeof buf);

		if (vars[i].scope != VAR_PEER)
			continue;
		var_value(&vars[i], &s.view.facts, &t);
		if (strcmp(vars[i].name, "refid") == 0)
			assert_string_equal(buf, "????");
		if (strcmp(vars[i].name, "srchost") == 0)
			assert_string_equal(buf, "\"a?b?[2J,x=1\"");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_sound),
		cmocka_unit_test(rows_are_in_the_manual),
		cmocka_unit_test(every_value_fits),
		cmocka_unit_test(system_values),
		cmocka_unit_test(peer_values),
		cmocka_unit_test(hostile_text_is_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
