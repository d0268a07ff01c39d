// SPDX-License-Identifier: BSD-2-Clause
// look.mjs URL [OUT]: visit pages in Chromium and judge them, with LOGIN='mail password' also
// those behind log-in; findings as JSON on standard output, screenshots in the folder OUT for
// whoever wants to look.
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
	signup: '/signup',
	scores: '/scores/',
	country: '/zone/de',
	list1: '/lists/stratum1',
	missing: '/no-such-page',
};
// axe judges each page narrow, and its colours once more dark.  Other looks differ where
// there are charts; for screenshots all pages are wanted.
const looks = [
	{ name: 'wide', width: 1280, colorScheme: 'light', script: true, all: !!out },
	{ name: 'dark', width: 1280, colorScheme: 'dark', script: true, all: true,
		axe: { runOnly: ['color-contrast'] } },
	{ name: 'narrow', width: 360, colorScheme: 'light', script: true, all: true, axe: {} },
	{ name: 'plain', width: 360, colorScheme: 'dark', script: false, all: !!out },
];
const drawn = ['home', 'good', 'week', 'zone'];
const findings = [];
let visited = 0;

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
	const result = await page.evaluate((options) => axe.run(document, options), look.axe);
	for (const v of result.violations)
		say(`${v.id}: ${v.help}: ${v.nodes[0].html.slice(0, 120)}`);
	return charts;
}

// Visit one page and judge it.
async function visit(context, look, name, path) {
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
	const links = await page.locator('a[href^="/"]').evaluateAll(
		(all) => all.map((a) => a.getAttribute('href').replace(/[?#].*/, '')));
	await page.close();
	visited++;
	return links;
}

// One page of each kind behind log-in, from two doors on.
async function inside(context, look) {
	const [mail, password] = process.env.LOGIN.split(' ');
	const page = await context.newPage();
	await page.goto(base + '/login');
	await page.fill('#email', mail);
	await page.fill('#password', password);
	await page.click('main button');
	await page.close();
	const todo = ['/manage', '/staff'], kinds = new Set();
	while (todo.length) {
		const path = todo.shift(), kind = path.replace(/\d+/g, 'N').slice(1).replaceAll('/', '-');
		if (kinds.has(kind))
			continue;
		kinds.add(kind);
		const links = await visit(context, look, kind, path);
		todo.push(...links.filter((l) => /^\/(manage|staff)/.test(l)));
	}
	return kinds.size;
}

let behind = 0;
for (const look of looks) {
	const context = await browser.newContext({
		viewport: { width: look.width, height: 800 },
		colorScheme: look.colorScheme,
		javaScriptEnabled: look.script,
	});
	for (const [name, path] of Object.entries(pages))
		if (look.all || drawn.includes(name))
			await visit(context, look, name, path);
	if (look.axe && process.env.LOGIN)
		behind = await inside(context, look);
	await context.close();
}
await browser.close();
console.log(JSON.stringify({ visited, behind, findings }));
