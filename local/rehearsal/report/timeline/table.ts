import { element, text } from '../../../../runtime/cli/page/markup';
import type { Report } from '../schema';

/** The picture as a table, second by second. */
export function timelineTable(report: Report): string {
  const { regions } = report.setting;
  const unknown = hasUnknown(report);
  const head = element('thead', {},
    element('tr', {},
      text('th', { scope: 'col', rowspan: 2 }, 'second'),
      text('th', { scope: 'colgroup', colspan: regions.length }, 'writes served by'),
      unknown ? text('th', { scope: 'col', rowspan: 2 }, 'by whom is not known') : '',
      text('th', { scope: 'col', rowspan: 2 }, 'writes failed'),
      text('th', { scope: 'colgroup', colspan: 2 }, 'reads that'),
      text('th', { scope: 'colgroup', colspan: regions.length }, 'objects lacking in'),
      text('th', { scope: 'col', rowspan: 2 }, 'what happened')),
    element('tr', {},
      ...regions.map((region) => text('th', { scope: 'col' }, region)),
      text('th', { scope: 'col' }, 'found nothing'),
      text('th', { scope: 'col' }, 'failed'),
      ...regions.map((region) => text('th', { scope: 'col' }, region))));
  return element('table', {}, text('caption', {}, 'Second by second, from the start of traffic'), head, element('tbody', {}, ...rows(report)));
}

function hasUnknown(report: Report): boolean {
  return report.timeline.writes.some((write) => write.ok && write.by === null);
}

function rows(report: Report): string[] {
  const { from, to, writes, reads, backlog, marks } = report.timeline;
  const { regions } = report.setting;
  const unknown = hasUnknown(report);
  const second = (at: number) => Math.max(0, Math.floor(at - from));
  const inSecond = <T extends { readonly at: number }>(all: readonly T[], n: number) => all.filter((one) => second(one.at) === n);
  const cell = (n: number) => text('td', n === 0 ? { class: 'none' } : {}, n);
  return Array.from({ length: Math.ceil(to - from) }, (_, n) => {
    const written = inSecond(writes, n);
    const read = inSecond(reads, n);
    const samples = inSecond(backlog, n);
    return element('tr', {},
      text('th', { scope: 'row' }, n),
      ...regions.map((region) => cell(written.filter((write) => write.by === region).length)),
      unknown ? cell(written.filter((write) => write.ok && write.by === null).length) : '',
      cell(written.filter((write) => !write.ok).length),
      cell(read.filter((one) => one.outcome === 'missing').length),
      cell(read.filter((one) => one.outcome === 'failed').length),
      ...regions.map((region) => {
        const sample = samples.filter((one) => one.region === region).pop();
        return text('td', {}, sample === undefined ? '' : sample.missing ?? 'no answer');
      }),
      text('td', { class: 'words' }, inSecond(marks, n).map((mark) => mark.text).join('; ')));
  });
}
