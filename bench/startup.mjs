// status against the AWS CLI's one read, --help against an empty program of Node: whole processes.
import { median, ratio } from './measure.mjs';
import { program } from './program.mjs';

export async function benchStartup({ rounds, say }) {
  say(`status against the AWS CLI, and --help against Node, ${rounds} rounds`);
  const { samples } = await program('startup.ts', rounds);
  const of = (name, base) => {
    const [ms, baseMs] = [name, base].map((one) => median(samples[one].map((sample) => sample.ms)));
    return { ms, baseMs, ofMedians: ms / baseMs, ofRounds: ratio(samples[name], samples[base], 'ms') };
  };
  return { rounds, status: of('status', 'awsRead'), help: of('help', 'node') };
}
