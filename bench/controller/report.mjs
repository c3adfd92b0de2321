/** The section of the page. */
export function controllerPart({ decisions, heap, memory }) {
  const rows = decisions.results.map(({ title, observers, medianUs, p99Us }) => `| ${title} | ${observers} | ${medianUs.toFixed(1)} µs | ${p99Us.toFixed(1)} µs |`);
  const [first] = heap.at;
  const last = heap.at.at(-1);
  return `## A decision, and the loop's memory

\`decide\` over ${decisions.regions} Regions, by what is going on; 200 calls are timed together, 500 times, so that p99 is of batches,
and shows what a busy machine takes away. The aim is under 1 ms.

| | observers | median | p99 |
| --- | --- | --- | --- |
${rows.join('\n')}

The loop with ${heap.observers} observers in one process, in a small world that answers at once, with a Region that dies every 2,000 ticks and ${heap.acts} changes of routes. In use after a
garbage collection: ${heap.at.map(({ ticks, heapMiB }) => `${heapMiB.toFixed(2)} MiB after ${ticks.toLocaleString('en-US')} ticks`).join(', ')}, which is ${signed(last.heapMiB - first.heapMiB)} MiB
from first to last. The most that was seen between collections is ${heap.mostMiB.toFixed(1)} MiB, and the whole process takes ${Math.round(heap.rssMiB)} MiB. One of the voters was the same object from
the first tick to the last; a run of a Lambda function makes 57 at the most.

The shipped bundle in a process of its own, as a voter over 17 Regions that looks each 2 s, for one whole run of ${memory.decisions} decisions and ${memory.calls.toLocaleString('en-US')} calls that a
small server answers: ${Math.round(memory.maxRssMiB)} MiB at the most, of the function's 256 MB.`;
}

const signed = (value) => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(2)}`;
