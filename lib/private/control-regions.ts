import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { CONTROL_REGION_SETS } from './controller-contract';
import { invalid, list } from './errors';

/** A majority of three survives the loss of one; so does the table. */
const COUNT = 3;

const SETS: readonly (readonly string[])[] = CONTROL_REGION_SETS;

/** Beginnings of the names of Regions near each set, in the order of `CONTROL_REGION_SETS`; of all others the first set is no further than another. */
const NEAR = [/^(us|ca|sa|mx)-/, /^(eu|il|me|af)-/, /^ap-/];

/** Refuses Regions that cannot hold one strongly consistent table together. */
export function validateControlRegions(scope: IConstruct, regions: readonly string[]): void {
  if (Token.isUnresolved(regions) || regions.some((region) => Token.isUnresolved(region))) {
    throw invalid(scope, `'controlRegions' must be plain strings, got a token; Regions must be known at synthesis, so write them out`);
  }
  if (new Set(regions).size !== COUNT || regions.length !== COUNT) {
    throw invalid(scope, `'controlRegions' must be ${COUNT} different Regions, got ${list(regions)}; choose three of one of ${SETS.map(list).join(', ')}`);
  }
  if (!SETS.some((set) => regions.every((region) => set.includes(region)))) {
    throw invalid(scope, `'controlRegions' must be of one set, as replicas of a strongly consistent table cannot be further apart, got ${list(regions)}; choose three of one of ${SETS.map(list).join(', ')}`);
  }
}

/**
 * The control Regions near most of the data Regions: voters on another continent would take a broken line between the two for a dead Region.
 *
 * Where a set has more than three, those that hold no data come first. Which three it is follows from the data Regions alone and not from their
 * order of failover, which may change at any time; which of them acts first follows from that order: whoever is least likely to be ill itself.
 */
export function chooseControlRegions(dataRegions: readonly string[], order: readonly string[]): string[] {
  const near = NEAR.map((names) => dataRegions.filter((region) => names.test(region)).length);
  const set = SETS[near.indexOf(Math.max(...near))];
  const three = [...set].sort((one, other) => Number(dataRegions.includes(one)) - Number(dataRegions.includes(other))).slice(0, COUNT);
  const rank = (region: string) => (order.includes(region) ? order.length - order.indexOf(region) : 0);
  return three.sort((one, other) => rank(one) - rank(other) || set.indexOf(one) - set.indexOf(other));
}

/** Where the table is declared: it must not move when the order does, for a table of that name is there already. */
export function tableRegionOf(controlRegions: readonly string[]): string {
  return SETS.flat().find((region) => controlRegions.includes(region))!;
}
