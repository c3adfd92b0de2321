import { lineOf } from '../history/line';
import type { Facts } from './facts';
import { good, type Finding, type Said } from './finding';
import { reasonOf } from './seen';

/** One thing that must be so for a failover to go through. Each says something: what is wrong, what could not be seen, or that all is well. */
export interface Check {
  /** Part of the contract with scripts. */
  readonly name: string;
  /** What is looked at, in a few words. */
  readonly about: string;
  /** One sentence for when each of its parts is as it should be. */
  readonly well?: string;
  run(facts: Facts): Promise<readonly Said[]>;
}

/** A check's findings. One that fails by a mistake of its own is a check that was not made. */
export async function findingsOf(check: Check, facts: Facts, done: () => void = () => undefined): Promise<Finding[]> {
  const { name, about, well } = check;
  try {
    const said = await check.run(facts);
    const told = well !== undefined && said.length > 1 && said.every(({ severity }) => severity === 'good') ? [good(well, { evidence: placesOf(said) })] : said;
    return told.map((one) => ({ check: name, about, ...one, ...plain(one) }));
  } catch (error) {
    return [{ check: name, about, severity: 'not checked', code: 'mistake', sentence: `${about}: not checked, by a mistake of this tool's own`, evidence: lineOf(reasonOf(error)) }];
  } finally {
    done();
  }
}

function placesOf(said: readonly Said[]): string | undefined {
  return said.flatMap(({ where }) => where ?? []).join(', ') || undefined;
}

/** What others wrote must not reach a terminal as they wrote it. */
function plain({ sentence, evidence }: Said): Pick<Said, 'sentence' | 'evidence'> {
  return { sentence: lineOf(sentence), ...(evidence !== undefined && { evidence: lineOf(evidence) }) };
}

/** What each Region's part of a check says, side by side; where every part is silent, all is well. */
export async function eachRegion(regions: readonly string[], look: (region: string) => Promise<readonly Said[]>): Promise<Said[]> {
  return (await Promise.all(regions.map(look))).flat();
}

/** Every way between two Regions. */
export function directions(regions: readonly string[]): { readonly source: string; readonly destination: string }[] {
  return regions.flatMap((source) => regions.filter((destination) => destination !== source).map((destination) => ({ source, destination })));
}
