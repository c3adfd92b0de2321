// Sections of the page that are about the operator's command.
import { TERRAFORM } from './faults.mjs';

export function failoverPart({ healthy, faulted, choices, excess }) {
  const row = (title, { runs, least, median, p99, most }) => `| ${title} | ${runs} | ${least.toFixed(2)} s | ${median.toFixed(2)} s | ${p99.toFixed(2)} s | ${most.toFixed(2)} s |`;
  return `## Moving traffic with four of five control endpoints dead

\`s3-failover routes set\`, from the start of its process to the moment at which it says \`routes read back\`, at the local AWS through real
sockets: with every control endpoint well, and with four of the five black-holed (connections are accepted, and nothing is ever
answered), for every choice of four; in turns, each run to another Region than the one before. That a submit was accepted and then a
read answered is taken from the gateway's access log, for each run.

| control endpoints | runs | shortest | median | p99 | longest |
| --- | --- | --- | --- | --- | --- |
${row('all well', healthy)}
${row('four black-holed', faulted)}
${choices.map(({ endpoint, ...figures }) => row(`only ${endpoint} lives`, figures)).join('\n')}

Beyond the healthy median: ${excess.median.toFixed(2)} s in the median, **${excess.p99.toFixed(2)} s at p99**; the aim is at most 1.5 s. What a busy machine adds by itself
shows in the runs with all well: their own p99 is ${(healthy.p99 - healthy.median).toFixed(2)} s beyond the same median. One second is meant: once one endpoint has
answered, the others have that long to disagree, before a plan is made. After that no endpoint is waited for that did not answer then.`;
}

export function startupPart({ rounds, status, help }) {
  const row = (title, { ms, baseMs, ofMedians, ofRounds }) =>
    `| ${title} | ${Math.round(ms)} ms | ${Math.round(baseMs)} ms | ${ofMedians.toFixed(2)} | ${ofRounds.median.toFixed(2)} (${ofRounds.low.toFixed(2)} to ${ofRounds.high.toFixed(2)}) |`;
  return `## The command as a process

Whole processes, from start to exit, at the same local AWS, ${rounds} rounds in turns. \`status\` asks five control endpoints, every bucket and
its metrics; \`aws s3control get-multi-region-access-point-routes\` (version 1 of the AWS CLI) asks one endpoint for the routes.

| | it | the other | ratio of medians | ratio, round by round (middle half) |
| --- | --- | --- | --- | --- |
${row('`s3-failover status` : `aws s3control get-multi-region-access-point-routes`', status)}
${row('`s3-failover --help` : `node -e 0`', help)}`;
}

export function faultsPart({ alone, together, cutOffSeconds, endpoint, home, target }) {
  const rows = alone.map(({ name, runs }) => [faultName(name), ran(runs.ours, target), `submit: ${ran(runs.card, target)}<br>read: ${ran(runs.cardRead, undefined)}`, ran(runs.plain, target, cutOffSeconds), TERRAFORM[name]]);
  rows.push(['none, and two at once to two Regions', atOnce(together.rounds.ours, together.targets), atOnce(together.rounds.card, together.targets), 'not run', TERRAFORM['two at once']]);
  return `## Under the same faults

Traffic is in ${home} and is to go to ${target}. The fault is at the control endpoint in ${endpoint}; the other four are well, and 0.3 s slower, so
that our command submits there too. Ours is \`s3-failover routes set ... --yes --proof read-back\`. The card's commands are those that
\`s3-failover card\` prints, with its time-outs and one attempt; the same without them is what somebody types who has no card, cut off
after ${cutOffSeconds} s. All of these were run, with the real AWS CLI (version 1). Terraform was not run: its column is what the documentation and the
source of \`aws_s3control_multi_region_access_point_routes\` and of its provider say. Exit codes of ours: 0 done and
served, 3 refused by a check, 5 done with less proof than \`served\`, 6 unknown. Two at once run ours without \`--proof\`, which then waits until
writes are served: S3 takes routes without comparing, so whoever ends at \`read back\` may be overtaken later by somebody who left no record, and not learn it.

| fault at ${endpoint} | \`s3-failover\` | the card's commands there | \`aws\` as it comes, there | Terraform, documented |
| --- | --- | --- | --- | --- |
${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}`;
}

/** The exit codes of every round, and the words of the last. */
function atOnce(rounds, targets) {
  const codes = rounds.map(({ runs }) => runs.map(({ code }) => code).join(' and '));
  const { runs, active } = rounds.at(-1);
  return [`exit codes of ${rounds.length} rounds: ${codes.join('; ')}`, ...runs.map((one, index) => `the last, to ${targets[index]}: ${end(one)}`), `traffic then: ${active.join(', ')}`].join('<br>');
}

function faultName(name) {
  return { 'answer lost': 'acts, and its answer is lost', 'submit late': 'a submit is not answered, and lands after 15 s', stale: 'answers old routes', garbage: 'answers a web page', '5xx': 'answers 503' }[name] ?? name;
}

/** `exit 0 after 1.2 s, 1 submit, traffic moved: "..."`; a read moves nothing. */
function ran(run, target, cutOffSeconds) {
  if (target === undefined) return end(run, cutOffSeconds);
  const moved = run.active.length === 1 && run.active[0] === target;
  return `${end(run, cutOffSeconds)}<br>${run.sent === 1 ? '1 submit' : `${run.sent} submits`} sent; traffic ${moved ? 'moved' : '**not moved**'} when it ended`;
}

function end({ code, seconds, said }, cutOffSeconds) {
  const how = code === undefined ? `no end, cut off after ${cutOffSeconds} s` : `exit ${code} after ${seconds.toFixed(1)} s`;
  return said === '' ? `${how}, silent` : `${how}: ${quote(said)}`;
}

const MOST = 260;

function quote(text) {
  const line = shortened(text).replace(/\s+/g, ' ').replace(/https:\S+routes/g, 'URL').replaceAll('|', '\\|').replaceAll('<', '&lt;');
  return `"${line.length > MOST ? `${line.slice(0, MOST)} ...` : line}"`;
}

/** Of an answer in JSON what counts: where traffic goes. */
function shortened(text) {
  if (!text.startsWith('{')) return text;
  return JSON.parse(text).Routes.map(({ Region, TrafficDialPercentage }) => `${Region} ${TrafficDialPercentage}`).join(', ');
}
