import { inThousands } from '../../lag/words';
import { list } from '../../routes/routes';
import type { PairReport, ReconcileReport } from './report';

/** The outcome in one sentence, for the record, the terminal and the document alike. */
export function sentenceOf({ outcome, pairs, lifted, held }: Omit<ReconcileReport, 'sentence'>): string {
  const ends = lifted.length > 0 ? `; the quarantine of ${list(lifted)} ends` : held.length > 0 ? `; ${list(held.map(({ region }) => region))} ${held.length === 1 ? 'stays' : 'stay'} in quarantine` : '';
  switch (outcome) {
    case 'clean':
      return `clean: ${pairs.map(({ plan }) => plan.between.join(' and ')).join(', ')} owe each other nothing${supersededIn(pairs)}${ends}`;
    case 'differences':
      return `${pairs.flatMap(differencesIn).join('; ')}${supersededIn(pairs)}${ends}`;
    case 'incomplete':
      return `incomplete: ${pairs.flatMap((pair) => (pair.complete ? [] : [`${pair.plan.between.join(' and ')} were not compared to the end (${pair.why})`])).join('; ')}${ends}`;
  }
}

function differencesIn(pair: PairReport): string[] {
  if (!pair.complete || pair.tally.owed === 0) return [];
  const missing = pair.tally.missing.filter((one) => one.owed > 0).map((one) => `${one.lackedBy} lacks ${inThousands(one.owed)} that ${one.in} has (${one.reason})`);
  const differs = pair.tally.differs.count > 0 ? [`${inThousands(pair.tally.differs.count)} ${pair.tally.differs.count === 1 ? 'key reads' : 'keys read'} differently in ${pair.plan.between.join(' and ')}`] : [];
  return [...missing, ...differs];
}

function supersededIn(pairs: readonly PairReport[]): string {
  const count = pairs.reduce((sum, pair) => sum + (pair.complete ? pair.tally.superseded.count : 0), 0);
  return count === 0 ? '' : `; ${inThousands(count)} acknowledged ${count === 1 ? 'write was' : 'writes were'} superseded, and ${count === 1 ? 'is kept as a noncurrent version' : 'are kept as noncurrent versions'}`;
}
