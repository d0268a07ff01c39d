// SPDX-License-Identifier: BSD-2-Clause
// zoom.mjs URL [OUT]: zoom into the charts of a score page in Chromium; findings as
// JSON on standard output, screenshots in the folder OUT.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const [base, out] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const path = '/scores/192.0.2.13';
const findings = [];
const want = (truth, text) => truth || findings.push(text);

const browser = await chromium.launch({
	executablePath: '/usr/bin/chromium',
	args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
		'--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

async function open(options) {
	const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
	const page = await context.newPage();
	page.on('console', (m) => m.type() === 'error' && findings.push(m.text()));
	page.on('pageerror', (e) => findings.push(`script: ${e}`));
	page.on('request', (r) => want(r.url().startsWith(base), `asks ${r.url()}`));
	const answer = await page.goto(base + path);
	want(answer.status() === 200, `status ${answer.status()}`);
	return page;
}

const pictures = (page) => page.locator('svg.chart').evaluateAll(
	(all) => all.filter((e) => e.getBoundingClientRect().height > 0).length);
const words = (page) => page.locator('main').innerText();

// Seconds that the charts show, by what is written above them.
async function stretch(page) {
	const text = await page.locator('#zoom output').innerText();
	const [from, to] = text.match(/\d{4}-\d\d-\d\d \d\d:\d\d/g).map((t) => Date.parse(t + 'Z') / 1000);
	return to - from;
}

async function judge(page, look) {
	const wide = await page.evaluate(
		() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	want(wide <= 0, `${look}: ${wide} px too wide`);
	await page.evaluate(axe);
	for (const v of (await page.evaluate(() => axe.run())).violations)
		findings.push(`${look}: ${v.id}: ${v.nodes[0].html.slice(0, 120)}`);
	if (out)
		await page.screenshot({ path: `${out}/zoom-${look}.png`, fullPage: true });
}

const plain = await open({ javaScriptEnabled: false });
const said = await words(plain);
want(await pictures(plain) === 3, 'not three pictures without scripts');
want(await plain.locator('#zoom').isHidden(), 'something is offered without scripts');

const page = await open({});
const start = page.getByRole('button', { name: 'Zoom into these charts' });
await start.waitFor();
want((await words(page)).replace('Zoom into these charts', '').replace(/\s+/g, ' ') === said.replace(/\s+/g, ' '),
	'with scripts the page says something else');
await start.click();
await page.locator('.uplot').nth(1).waitFor();
want(await page.locator('.uplot').count() === 2, 'not two charts');
want(await pictures(page) === 1, 'the pictures are still there');
const all = await stretch(page);
await page.getByRole('button', { name: 'Zoom in', exact: true }).press('Enter');
want(Math.abs(await stretch(page) - all / 2) <= 120, 'the button does not halve it');
await page.getByRole('button', { name: 'All', exact: true }).click();
want(await stretch(page) === all, 'All is not all');

const plot = await page.locator('.u-over').first().boundingBox();
await page.mouse.move(plot.x + plot.width * 0.25, plot.y + 50);
await page.mouse.down();
await page.mouse.move(plot.x + plot.width * 0.35, plot.y + 60, { steps: 5 });
await page.mouse.up();
want(Math.abs(await stretch(page) - all / 10) < all / 50, `dragging shows ${await stretch(page)} of ${all} s`);
await judge(page, 'light');

// Dark mode changes what is drawn, not only the page around it.
const drawn = () => page.locator('.uplot canvas').first().evaluate((c) => c.toDataURL());
const before = await drawn();
await page.emulateMedia({ colorScheme: 'dark' });
await page.waitForTimeout(200);
want(await drawn() !== before, 'the colours stay as they were');
await judge(page, 'dark');
await page.setViewportSize({ width: 360, height: 800 });
await page.waitForTimeout(200);
await judge(page, 'narrow');

await page.getByRole('button', { name: 'Back to the pictures' }).click();
want(await pictures(page) === 3 && await page.locator('.uplot').count() === 0, 'no way back');

// Points that do not come leave the pictures.
await page.route('**/points*', (route) => route.fulfill({ status: 503, body: '' }));
page.removeAllListeners('console');
await start.click();
await page.waitForTimeout(200);
want(await pictures(page) === 3, 'the pictures are gone');
await browser.close();
console.log(JSON.stringify({ findings }));
