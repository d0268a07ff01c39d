// SPDX-License-Identifier: BSD-2-Clause
//
// A button that turns the charts of a score page, which are pictures, into ones
// that can be zoomed, drawn by uPlot.  Nobody needs it: without this file, without
// uPlot or without the points the pictures stay.
'use strict';

(() => {
	const bar = document.getElementById('zoom');
	const figures = [...document.querySelectorAll('figure[data-zoom]')];
	const dark = matchMedia('(prefers-color-scheme: dark)');
	const shown = document.createElement('output');
	let charts = [];

	if (!bar || !window.uPlot || figures.length === 0)
		return;

	const colour = (name) => () => getComputedStyle(document.documentElement)
		.getPropertyValue('--' + name).trim();

	function button(text, act) {
		const b = document.createElement('button');
		b.type = 'button';
		b.className = 'second';
		b.textContent = text;
		b.addEventListener('click', act);
		bar.append(b);
		return b;
	}

	// Each monitor has its own, as light as the page is dark.
	const hue = (i, n) => () => `hsl(${Math.round(i * 360 / n)} 65% ${dark.matches ? 70 : 38}%)`;

	const kinds = {
		score: {
			column: 2,
			text: (v) => v.toFixed(1),
			series: (s) => ({ width: s.overall ? 2 : 1 }),
			// Level for hours is not noise to be looked at closely.
			scale: { range: (u, min, max) => [Math.min(min, max - 2) - 0.5, Math.max(max, min + 2) + 0.5] },
		},
		offset: { // linear within 1 ms, logarithmic beyond, as the picture is
			column: 1,
			text: (v) => Math.abs(v) < 1 ? +(v * 1e3).toPrecision(3) + ' ms' : +v.toPrecision(3) + ' s',
			series: () => ({ paths: () => null, points: { show: true, size: 4 } }),
			scale: { distr: 4, asinh: 0.001 },
		},
	};

	const utc = (s) => new Date(s * 1e3).toISOString().slice(0, 16).replace('T', ' ');

	// Both show the same stretch of time.
	function show(min, max) {
		for (const c of charts)
			if (c.scales.x.min !== min || c.scales.x.max !== max)
				c.setScale('x', { min, max });
		shown.value = `${utc(min)} to ${utc(max)} UTC; drag over a chart to see a part of it`;
	}

	function scaled(by) {
		const { min, max } = charts[0].scales.x;
		const middle = (min + max) / 2, half = (max - min) / 2 * by;
		const [first, last] = charts[0].range;
		show(Math.max(first, middle - half), Math.min(last, middle + half));
	}

	function chart(figure, answer) {
		const kind = kinds[figure.dataset.zoom];
		const series = answer.series.filter((s) => s.points.some((p) => p[kind.column] !== null));
		const tables = series.map((s) => [s.points.map((p) => p[0]), s.points.map((p) => p[kind.column])]);
		const clock = (u, list, axis, space, step) => list.map((s) => step < 86400 ? utc(s).slice(11) : utc(s).slice(5, 10));
		const axis = { stroke: colour('quiet'), grid: { stroke: colour('line'), width: 1 }, ticks: { show: false } };
		const box = document.createElement('div');

		if (series.length === 0)
			return;
		box.className = 'zoomed';
		box.role = 'group';
		box.setAttribute('aria-label', figure.querySelector('svg title').textContent);
		figure.prepend(box);
		figure.classList.add('is-zoomed');
		const made = new uPlot({
			width: box.clientWidth,
			height: 280,
			tzDate: (s) => uPlot.tzDate(new Date(s * 1e3), 'UTC'),
			cursor: { sync: { key: 'zoom' }, drag: { x: true, y: false } },
			scales: { x: { min: answer.from, max: answer.to }, y: kind.scale },
			axes: [{ ...axis, values: clock }, { ...axis, size: 72, values: (u, list) => list.map((v) => v === null ? '' : kind.text(v)) }],
			series: [
				{ label: 'UTC', value: '{YYYY}-{MM}-{DD} {HH}:{mm}:{ss}' },
				...series.map((s) => ({
					label: s.name,
					stroke: s.overall ? colour('median') : hue(answer.series.indexOf(s), answer.series.length),
					spanGaps: true,
					value: (u, v) => v === null || v === undefined ? '–' : kind.text(v),
					points: { show: false },
					...kind.series(s),
				})),
			],
			hooks: { setScale: [(u, key) => key === 'x' && charts.includes(u) && show(u.scales.x.min, u.scales.x.max)] },
		}, uPlot.join(tables), box);
		made.range = [answer.from, answer.to];
		charts.push(made);
	}

	function back() {
		for (const c of charts)
			c.destroy();
		charts = [];
		for (const box of document.querySelectorAll('.zoomed'))
			box.remove();
		for (const f of figures)
			f.classList.remove('is-zoomed');
		offer();
	}

	async function begin() {
		const answer = await fetch(bar.dataset.points).then((r) => r.ok ? r.json() : null).catch(() => null);

		if (!answer)
			return;
		bar.replaceChildren();
		for (const f of figures)
			chart(f, answer);
		if (charts.length === 0) {
			offer();
			return;
		}
		button('Zoom in', () => scaled(0.5)).focus();
		button('Zoom out', () => scaled(2));
		button('All', () => show(...charts[0].range));
		button('Back to the pictures', back);
		bar.append(shown);
		show(...charts[0].range);
	}

	function offer() {
		bar.replaceChildren();
		button('Zoom into these charts', begin);
	}

	dark.addEventListener('change', () => charts.forEach((c) => c.redraw(false)));
	addEventListener('resize', () => charts.forEach(
		(c) => c.setSize({ width: c.root.parentElement.clientWidth, height: 280 })));
	offer();
})();
