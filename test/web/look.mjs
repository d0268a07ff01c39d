// SPDX-License-Identifier: BSD-2-Clause
// look.mjs URL [OUT]: visit pages in Chromium and judge them; findings as JSON on
// standard output, screenshots in the folder OUT for whoever wants to look.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const [base, out] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const pages = {
	home: '/',
	join: '/join',
	use: '/use',
	rules: '/scores/rules',
	search: '/scores/?q=example',
	good: '/scores/192.0.2.11',
	warm: '/scores/192.0.2.13',
	week: '/scores/192.0.2.15?window=7d',
	hostile: '/scores/192.0.2.17',
	new: '/scores/192.0.2.20',
	zone: '/zone/@',
	list: '/lists/stratum2',
	entry: '/lists/entry/1',
	monitors: '/monitors',
	dns: '/dns',
	profile: '/a/hostile',
	login: '/login',
	missing: '/no-such-page',
};
// axe judges each page once dark and once narrow; the rest is judged always.
const looks = [
	{ name: 'wide', width: 1200, colorScheme: 'light', script: true, axe: false },
	{ name: 'dark', width: 1200, colorScheme: 'dark', script: true, axe: true },
	{ name: 'narrow', width: 360, colorScheme: 'light', script: true, axe: true },
	{ name: 'plain', width: 360, colorScheme: 'dark', script: false, axe: false },
];
const findings = [];

const browser = await chromium.launch({
	executablePath: '/usr/bin/chromium',
	args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
		'--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

async function judge(page, say, look) {
	// Nothing is wider than the screen; what is scrolls in its own frame.
	const wide = await page.evaluate(
		() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	if (wide > 0)
		say(`${wide} px too wide`);
	const charts = await page.locator('svg.chart').count();
	for (let i = 0; i < charts; i++) {
		const box = await page.locator('svg.chart').nth(i).boundingBox();
		if (!box || box.width < 200 || box.height < 20)
			say(`chart ${i} is not seen`);
	}
	if (!look.axe)
		return charts;
	// The policy of the pages allows no inline script, so it comes by the debugger.
	await page.evaluate(axe);
	const result = await page.evaluate(() => axe.run());
	for (const v of result.violations)
		say(`${v.id}: ${v.help}: ${v.nodes[0].html.slice(0, 120)}`);
	return charts;
}

for (const look of looks) {
	const context = await browser.newContext({
		viewport: { width: look.width, height: 800 },
		colorScheme: look.colorScheme,
		javaScriptEnabled: look.script,
	});
	for (const [name, path] of Object.entries(pages)) {
		const say = (text) => findings.push(`${look.name} ${path}: ${text}`);
		const page = await context.newPage();
		page.on('console', (m) => m.type() === 'error' && !m.text().includes('404') && say(m.text()));
		page.on('pageerror', (e) => say(`script: ${e}`));
		page.on('dialog', (d) => { say('a dialog: something was run'); d.dismiss(); });
		page.on('request', (r) => r.url().startsWith(base) || say(`asks ${r.url()}`));
		const answer = await page.goto(base + path);
		const want = name === 'missing' ? 404 : 200;
		if (answer.status() !== want)
			say(`status ${answer.status()}`);
		const charts = await judge(page, say, look);
		if (['good', 'warm', 'week'].includes(name) && charts !== 3)
			say(`${charts} charts`);
		if (out)
			await page.screenshot({ path: `${out}/${look.name}-${name}.png`, fullPage: true });
		await page.close();
	}
	await context.close();
}
await browser.close();
console.log(JSON.stringify({ visited: looks.length * Object.keys(pages).length, findings }));
