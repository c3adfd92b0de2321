import { element, text } from '../../../runtime/cli/page/markup';
import { outageOf, switchTitle } from './phrases';
import type { Report } from './schema';
import { count, duration, durationOr } from '../../../runtime/cli/page/units';

/** One switch: its clocks as bars on one scale, and the routes before and after it. */
export function switchCard(report: Report, one: Report['switches'][number]): string {
  const outage = outageOf(report, one)?.withoutService ?? 0;
  const clocks = [
    { label: 'without service', kind: 'bad', seconds: outage },
    ...(one.decision === null
      ? [{ label: 'command to accepted', kind: 'command', seconds: one.commandToAccepted }]
      : [{ label: 'fault to decision', kind: 'command', seconds: one.decision.faultToDecision }, { label: 'decision to accepted', kind: 'command', seconds: one.decision.decisionToAccepted }]),
    { label: 'accepted to served', kind: 'routes', seconds: one.acceptedToServed },
    ...(one.acceptedToLastElsewhere === null ? [] : [{ label: 'last served elsewhere', kind: '', seconds: one.acceptedToLastElsewhere }]),
  ];
  const longest = Math.max(1, ...report.switches.flatMap((other) => [outageOf(report, other)?.withoutService ?? 0, other.commandToAccepted ?? 0, other.acceptedToServed ?? 0]));
  const bars = clocks.flatMap(({ label, kind, seconds }) => [
    text('dt', {}, label),
    element('dd', { class: `bar ${kind}`.trim(), 'aria-hidden': 'true' }, element('i', { style: `width:${((seconds ?? 0) / longest * 100).toFixed(1)}%` }, '')),
    text('dd', { class: 'length' }, durationOr(seconds)),
  ]);
  const after = one.routesAfter;
  const state = (value: string | undefined) => text('td', { class: value === undefined ? undefined : `state-${value}` }, value ?? '-');
  return element('section', { class: 'card' },
    text('h3', {}, `${switchTitle(one)}: ${one.from} to ${one.to}`),
    element('span', { class: 'command' }, one.command === null ? text('em', {}, one.decision === null ? 'nobody gave a command' : `${one.decision.by}: ${one.decision.why}`) : text('code', {}, `$ ${one.command}`)),
    element('dl', { class: 'clock' }, ...bars),
    text('p', {}, missingSentence(one)),
    element('table', {},
      element('thead', {}, element('tr', {}, text('th', { scope: 'col' }, 'Routes'), text('th', { scope: 'col' }, 'before'), text('th', { scope: 'col' }, 'after'))),
      element('tbody', {}, ...Object.keys(one.routesBefore).map((region) => element('tr', {},
        text('th', { scope: 'row' }, region), state(one.routesBefore[region]), state(after?.[region]))))));
}

function missingSentence(one: Report['switches'][number]): string {
  if (one.missingAtSwitch === null) return 'The switch was not accepted.';
  const objects = one.missingAtSwitch === 0 ? `${one.to} lacked no acknowledged object` : `${one.to} lacked ${one.missingAtSwitch} of the acknowledged objects`;
  const reads = one.missingReads === 0 ? 'no read missed one' : `${count(one.missingReads, 'read')} found nothing`;
  const served = one.commandToServed === null ? '' : ` From the ${one.command === null ? 'death of the Region' : 'command'} to the first write that it served: ${duration(one.commandToServed)}.`;
  return `When the switch was accepted, ${objects}; ${reads}.${served}`;
}
