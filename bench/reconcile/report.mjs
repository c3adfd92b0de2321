/** The section of the page. */
export function reconcilePart({ versions, sockets, heap }) {
  const rows = sockets.map(
    ({ latencyMs, ranges, wallMs, cpuMs, memoryMiB, listed, versionsPerSecond, requests }) =>
      `| ${latencyMs} ms | ${ranges} | ${number(requests)} | ${seconds(wallMs)} | ${seconds(cpuMs)} | ${number(versionsPerSecond)} | ${Math.round(memoryMiB)} MiB |`,
  );
  const [one, many] = sockets.slice(-2);
  return `## Comparing two buckets

\`s3-failover reconcile --full\` as a process, over sockets, between two buckets of ${number(versions)} versions each (${number(sockets[0].listed)} are listed: one in
30,000 is gone from one side, as lifecycle leaves it, and is looked at again). The other end is a plain HTTP server in a process of its own that makes
the pages as it is asked for them (\`bench/reconcile/server.mjs\`), and shares the machine: the local AWS lists such buckets fast enough, but takes
a few hundred writes a second, and would have to be filled for hours. The latency is what the server waits before each answer. The first run of a pair lists
page after page; it leaves keys at which the next one cuts, to list eight ranges at once.

| latency | pages | requests | wall | CPU | versions listed per second | peak memory, process |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

At ${one.latencyMs} ms a request, eight ranges at once take ${(many.wallMs / one.wallMs).toFixed(2)} of the time of one page after the other. A million versions cost ${perMillion(sockets)} of CPU, whatever the
latency: on a machine of its own that is the bound, and on a shared one, as this was, the wall time is longer and rates are lower.
\`npm run bench -- --only reconcile --write\` makes this section. What it does not say: how fast S3 itself makes pages, and how often it asks to slow down;
what TLS costs; how long a second look takes where much is missing (here some ${number(sockets[0].requests - Math.ceil(sockets[0].listed / 1_000))} requests of all are not pages); keys of a thousand bytes.

Memory does not grow with the buckets. ${number(heap.versions)} versions on each side, from generators in the process and so without sockets or XML, in a heap that may not
have more than ${heap.limitMiB} MiB: ${number(heap.passed)} versions in ${heap.seconds.toFixed(1)} s, and after each garbage collection at most ${heap.peakMiB.toFixed(1)} MiB in use, of which
${heap.beforeMiB.toFixed(1)} MiB were in use before it began. A smaller bound, in retained items, is checked by \`npm test\`.`;
}

const perMillion = (sockets) => {
  const each = sockets.map(({ cpuMs, listed }) => (cpuMs / listed) * 1_000_000);
  return `${seconds(Math.min(...each))} to ${seconds(Math.max(...each))}`;
};
const number = (value) => Math.round(value).toLocaleString('en-US');
const seconds = (milliseconds) => `${(milliseconds / 1_000).toFixed(1)} s`;
