import { coreNamed } from './cores';
import { planOf } from './faults/swarm';
import { count, noFigures, type Figures } from './figures';
import { runSchedule } from './schedule';

/** Seeds `from` up to but not including `to`. */
export interface Batch {
  readonly from: number;
  readonly to: number;
  readonly minutes: number;
  readonly core: string;
}

export function runBatch(batch: Batch): Figures {
  const figures = noFigures();
  const core = coreNamed(batch.core);
  const before = process.cpuUsage();
  for (let seed = batch.from; seed < batch.to; seed++) count(figures, runSchedule(planOf(seed, batch.minutes), core).world);
  const { user, system } = process.cpuUsage(before);
  figures.cpuMs = (user + system) / 1000;
  return figures;
}
