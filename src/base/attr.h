/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* The only compiler extensions of this tree. */
#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define NORETURN __attribute__((noreturn))
#define UNUSED __attribute__((unused))
