import { readFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { bundleMax, TARBALL_MAX } from '../scripts/package/contents.mjs';
import { ROOT } from '../scripts/setup.mjs';
import { failoverPart, faultsPart, startupPart } from './report-command.mjs';
import { controllerPart } from './controller/report.mjs';
import { reconcilePart } from './reconcile/report.mjs';
import { CONTESTANTS } from './synth.mjs';

const TITLES = { library: 'this library', level2: 'by hand, L2 constructs', level1: 'by hand, L1 constructs alone' };

/** In the order of the page. */
const SECTIONS = {
  synthesis: synthesisPart,
  size: sizePart,
  deployment: deploymentPart,
  failover: failoverPart,
  startup: startupPart,
  faults: faultsPart,
  reconcile: reconcilePart,
  controller: controllerPart,
};

/** The page that holds the figures: new sections for what was measured, and those of the old page for what was not. */
export async function report(results, { date, page = '' }) {
  const old = sectionsOf(page);
  const measured = Object.entries(results).flatMap(([part, result]) => (result ? [`${SECTIONS[part](result)}\n\n${measuredOn(date)}`] : []));
  // A heading that the old page has keeps its place.
  const sections = new Map([...old, ...measured.map((text) => [headingOf(text), text])]);
  return `${[await head(), ...sections.values()].join('\n\n')}\n`;
}

/** Each under its heading. */
function sectionsOf(page) {
  const [, ...sections] = page.split(/^(?=## )/m);
  return new Map(sections.map((text) => [headingOf(text), text.trimEnd()]));
}

function headingOf(section) {
  return section.slice(0, section.indexOf('\n'));
}

function measuredOn(date) {
  // What else a machine does tells how far its absolute figures go.
  return `Measured on ${date}, Node.js ${process.versions.node}, load average ${loadavg()[1].toFixed(1)} on ${availableParallelism()} cores.`;
}

async function head() {
  const { devDependencies: dev } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  return `# Performance

Made by \`npm run bench -- --write\`: aws-cdk-lib ${dev['aws-cdk-lib']}, aws-cdk ${dev['aws-cdk']}, ${process.platform} ${process.arch}.
Absolute figures are of that machine; the ratios travel.`;
}

function synthesisPart({ rounds, results }) {
  return `## Synthesis

The example app (one \`MultiRegionBucket\`, one \`FailoverSwitch\`) against the same resources written by hand, in \`bench/apps\`: as a user
would write them today with aws-cdk-lib's L2 constructs, and with L1 constructs alone, which is the limit. The command checks that the
three make the same resources, template by template and type by type. Compiled JavaScript, the whole process from start to exit, the
context that the CLI passes; ${rounds} rounds in turns, medians. A ratio is the median of the rounds' own ratios, with the middle half of
them in brackets. CPU is user and system time; wall suffers most from whatever else a machine does.

${results.map(synthesisTable).join('\n\n')}`;
}

function synthesisTable({ size, resources, summary }) {
  const rows = CONTESTANTS.map((name) => {
    const { cpuMs, wallMs, memoryMiB } = summary.medians[name];
    return `| ${TITLES[name]} | ${Math.round(cpuMs)} ms | ${Math.round(wallMs)} ms | ${Math.round(memoryMiB)} MiB |`;
  });
  const against = (title, ratios) => `| **library : ${title}** | ${ratioText(ratios.cpuMs)} | ${ratioText(ratios.wallMs)} | ${ratioText(ratios.memoryMiB)} |`;
  return `### ${size} Regions, ${resources} resources

| | CPU | wall | peak memory |
| --- | --- | --- | --- |
${rows.join('\n')}
${against('L2', summary.againstLevel2)}
${against('L1', summary.againstLevel1)}`;
}

function ratioText({ median, low, high }) {
  return `${median.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

function sizePart({ tarball, unpacked, files, bundles }) {
  return `## Size

| | size | limit |
| --- | --- | --- |
| packed tarball | ${kib(tarball)} (${kib(unpacked)} unpacked, ${files} files) | ${kib(TARBALL_MAX)} |
${bundles.map(({ file, bytes }) => `| \`${file}\` | ${kib(bytes)} | ${kib(bundleMax(file))} |`).join('\n')}

The limits are checked by \`npm test\`.`;
}

function deploymentPart(results) {
  const concurrencies = Object.keys(results[0].seconds);
  const rows = results.map(({ size, commands, waves, seconds }) => `| ${size} | ${commands} | ${waves} | ${concurrencies.map((concurrency) => `${seconds[concurrency].toFixed(1)} s`).join(' | ')} |`);
  return `## First deployment

\`cdk bootstrap\` of every Region, then \`cdk deploy --all\`, by the real CLI on a fresh local AWS: its CloudFormation is much faster than the
real one, so what counts here is the number of waves (stacks that wait for others) and the ratio between the two walls.

| Regions | commands | waves | ${concurrencies.map((concurrency) => `wall, \`--concurrency ${concurrency}\``).join(' | ')} |
| --- | --- | --- | ${concurrencies.map(() => '---').join(' | ')} |
${rows.join('\n')}`;
}

function kib(bytes) {
  return `${Math.round(bytes / 1024)} KiB`;
}
