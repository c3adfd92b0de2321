import { escape } from './markup';
import { PAGE_STYLE } from './style';

/** What a page shows; `state` colours its headline. */
export interface Page {
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'interrupted';
  /** Markup, in order. */
  readonly body: readonly string[];
}

/** One page that needs nothing else: no script, no font, no request. The policy in its head makes the browser hold it to that. */
export function renderPage({ title, state, body }: Page): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8"/>',
    '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>`,
    `<title>${escape(title)}</title>`,
    `<style>${PAGE_STYLE}</style>`,
    '</head>',
    `<body class="${state}">`,
    '<main>',
    ...body,
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}
