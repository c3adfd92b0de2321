import { count, duration } from '../page/units';
import type { DrillDocument } from './document';

/** Sentences that the text and the page share, so that they cannot say different things. */

export function headline(document: DrillDocument): string {
  const took = duration(document.elapsed);
  switch (document.outcome) {
    case 'passed':
      return `Drill passed in ${took}`;
    case 'surprised':
      return `Drill stopped after ${took}`;
    case 'refused':
      return 'Drill refused';
    case 'declined':
      return 'Drill declined';
    case 'planned':
      return 'Drill planned';
  }
}

export function restoredSentence(document: DrillDocument): string {
  if (document.restored === null) return 'Nobody could tell where traffic is now.';
  return document.restored ? 'Traffic is where it was at the beginning.' : 'Traffic is NOT where it was at the beginning.';
}

export function pointSentence(one: DrillDocument['switches'][number]): string {
  if (one.missing === null) return one.commandToAccepted === null ? 'The routes were not accepted.' : `What ${one.to} lacked when the routes were accepted is not known.`;
  if (one.missing === 0) return `When the routes were accepted, ${one.to} lacked none of the acknowledged writes.`;
  const age = one.oldestMissing === null ? '' : `, the oldest ${duration(one.oldestMissing)} old`;
  return `When the routes were accepted, ${one.to} lacked ${count(one.missing, 'acknowledged write')}${age}.`;
}

export function expectationSentence(document: DrillDocument): string {
  if (document.expectedOutage === null) return '';
  const measured = document.switches.map((one) => duration(one.withoutService)).join(' and ');
  return `Expected without service: ${duration(document.expectedOutage)} a switch; measured: ${measured || '-'}.`;
}

export function servedLine(document: DrillDocument): string {
  return Object.entries(document.writes.servedBy).map(([region, n]) => `${region} ${n}`).join(', ');
}
