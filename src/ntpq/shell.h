/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdio.h>

#include "ntpq/session.h"

/** Run the lines of in until its end or quit, without a prompt. */
void shell_batch(struct session *s, FILE *in, FILE *out);

/** Talk to the person at the terminal: line editing, history, completion. */
void shell_interactive(struct session *s, FILE *out);
