/** Contrast: text at least 4.5 to 1 and marks at least 3 to 1 on their ground, in both schemes. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --raised: #f5f7f9; --ink: #1a2027; --quiet: #57616d; --line: #d5dce3;
  --hue-1: #1c5fc4; --hue-2: #0a7554; --hue-3: #7d49b8; --bad: #c02a1d; --late: #9a5b00; --good: #0a7554;
  --lane: #eef1f4; --strength: 16%;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10151b; --raised: #181f27; --ink: #e7ebf0; --quiet: #9fabb8; --line: #303a45;
    --hue-1: #78b0ff; --hue-2: #4fcb9c; --hue-3: #c39bfa; --bad: #ff8073; --late: #f0b04a; --good: #4fcb9c;
    --lane: #1b232c; --strength: 22%;
  }
}
* { box-sizing: border-box; }
html { background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 72rem; padding: 2rem 1.25rem 4rem; }
h1 { font-size: clamp(1.6rem, 1.2rem + 2vw, 2.4rem); line-height: 1.15; letter-spacing: -0.015em; margin: 0.2rem 0 0.6rem; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 3rem 0 0.8rem; }
h3 { font-size: 1.05rem; margin: 0; }
p { margin: 0 0 0.6rem; max-width: 68ch; }
.over { color: var(--quiet); font-size: 0.9rem; margin: 0; max-width: none; overflow-wrap: anywhere; }
.verdict { font-size: 1.1rem; }
.passed h1::before { content: "\\2713\\2002"; color: var(--good); }
.failed h1::before, .interrupted h1::before { content: "\\2717\\2002"; color: var(--bad); }
.why { border-left: 4px solid var(--bad); padding: 0.5rem 1rem; background: var(--raised); overflow-wrap: anywhere; max-width: none; }
code { font: 0.88em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(7rem, 1fr)); gap: 0.75rem; margin: 1.6rem 0 0; padding: 0; }
.figures div { background: var(--raised); border-radius: 8px; padding: 0.8rem 1rem; display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.figures dt { color: var(--quiet); font-size: 0.85rem; line-height: 1.35; }
.figures dd { margin: 0; font-size: 1.6rem; font-weight: 650; line-height: 1.25; letter-spacing: -0.01em; font-variant-numeric: tabular-nums; white-space: nowrap; }
.figures .bad dd { color: var(--bad); } .figures .late dd { color: var(--late); }
figure { margin: 0; }
svg { display: block; width: 100%; height: auto; font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
svg.defs { position: absolute; width: 0; height: 0; }
@media (max-width: 960px) { svg.wide, .wide-only { display: none !important; } }
@media (min-width: 960.02px) { .narrow-only { display: none !important; } }
.pair svg { max-width: 26rem; }
@media (min-width: 640px) and (max-width: 960px) { .pair { display: grid; grid-template-columns: 24rem 1fr; gap: 1.5rem; } .pair ol.events { margin: 3.5rem 0 0; } }
svg.tight-headings .label { font-size: 10px; }
svg text { fill: var(--quiet); }
svg .label { fill: var(--ink); font-weight: 600; }
svg .lane { fill: var(--lane); }
.hue-1 { --hue: var(--hue-1); } .hue-2 { --hue: var(--hue-2); } .hue-3 { --hue: var(--hue-3); }
svg .active { fill: color-mix(in srgb, var(--hue) var(--strength), transparent); }
svg .hue-1 .label, svg .hue-2 .label, svg .hue-3 .label { fill: var(--hue); }
svg .write { stroke: var(--hue); stroke-width: 1.7; fill: none; }
svg .failed { --hue: var(--bad); }
svg .failed .label { fill: var(--bad); }
svg .unknown { stroke: var(--quiet); stroke-width: 1.7; fill: none; }
svg .caption { paint-order: stroke; stroke: var(--ground); stroke-width: 5px; stroke-linejoin: round; }
svg .in-lane { fill: var(--ink); font-weight: 600; paint-order: stroke; stroke: var(--lane); stroke-width: 5px; stroke-linejoin: round; }
svg #hatch path { stroke: var(--quiet); stroke-width: 1.4; opacity: 0.65; }
svg .outage { fill: none; stroke: var(--bad); stroke-width: 1.6; }
svg .outage-label { fill: var(--bad); font-weight: 650; paint-order: stroke; stroke: var(--lane); stroke-width: 6px; stroke-linejoin: round; }
svg .found { stroke: var(--quiet); stroke-width: 1.3; }
svg .failed-read { stroke: var(--bad); stroke-width: 1.7; }
svg .missing { fill: var(--ground); stroke: var(--late); stroke-width: 2; }
svg .grid, svg .axis line { stroke: var(--line); stroke-width: 1; }
svg .line { fill: none; stroke: var(--hue); stroke-width: 2; stroke-linejoin: round; }
svg .hue-2 .line { stroke-dasharray: 7 3; } svg .hue-3 .line { stroke-dasharray: 2 3; }
svg .axis text { paint-order: stroke; stroke: var(--ground); stroke-width: 4px; }
svg .event line { stroke: var(--quiet); stroke-width: 1; stroke-dasharray: 3 3; }
svg .event text { fill: var(--ink); }
svg .event.killed line { stroke: var(--bad); stroke-dasharray: none; } svg.wide .event.killed text { fill: var(--bad); font-weight: 650; }
svg .event circle { fill: var(--ground); stroke: var(--quiet); } svg .event.killed circle { stroke: var(--bad); }
svg .event .leader { fill: none; stroke: var(--quiet); } svg .event.killed .leader { stroke: var(--bad); }
svg.tall .event text { font-size: 11px; font-weight: 650; }
.legend { display: flex; flex-wrap: wrap; gap: 0.3rem 1.4rem; list-style: none; margin: 0.8rem 0 0; padding: 0; color: var(--quiet); font-size: 0.88rem; }
.legend li { display: flex; gap: 0.45rem; } .legend svg { flex: none; width: 22px; height: 14px; margin-top: 0.28rem; }
ol.events { font-size: 0.92rem; padding-left: 1.6rem; }
.switches { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 1rem; }
.card { background: var(--raised); border-radius: 8px; padding: 1rem 1.2rem 1.2rem; min-width: 0; }
.card .command { display: block; margin: 0.4rem 0 1rem; color: var(--quiet); }
.clock { display: grid; grid-template-columns: 11rem 1fr 3.4rem; gap: 0.25rem 0.6rem; align-items: center; font-size: 0.9rem; margin: 0 0 1rem; }
.clock > * { margin: 0; } .clock dd.length { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.clock .bar { height: 0.7rem; background: var(--lane); border-radius: 3px; position: relative; overflow: hidden; }
.clock .bar i { position: absolute; inset: 0 auto 0 0; background: var(--quiet); border-radius: 3px; } .clock .bar.bad i { background: var(--bad); } .clock .bar.command i { background: var(--hue-1); } .clock .bar.routes i { background: var(--hue-3); }
@media (max-width: 26rem) { .clock { grid-template-columns: 7.2rem 1fr 3.6rem; font-size: 0.86rem; } .card { padding: 0.9rem; } }
.scroll { overflow-x: auto; } .scroll:focus-visible { outline: 2px solid var(--hue-1); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: 0.92rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--quiet); padding-bottom: 0.4rem; }
th, td { text-align: left; padding: 0.35rem 0.8rem 0.35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--quiet); font-weight: 600; }
tbody th { font-weight: 500; }
td.number, th.number { text-align: right; white-space: nowrap; }
td.words { overflow-wrap: anywhere; } td.words code { color: var(--quiet); }
td.none { color: var(--quiet); }
.seconds td:not(.words), .seconds th { white-space: nowrap; } .seconds td:not(.words) { text-align: right; } .seconds .words { min-width: 13rem; } .seconds th, .seconds td { padding-right: 0.55rem; }
.state-active { font-weight: 650; } .state-passive { color: var(--quiet); }
.state-done { color: var(--good); } .state-failed, .state-interrupted { color: var(--bad); } .state-skipped { color: var(--quiet); }
details { margin-top: 1rem; } summary { cursor: pointer; color: var(--hue-1); } summary:focus-visible { outline: 2px solid var(--hue-1); outline-offset: 3px; }
ul.notes { padding-left: 1.2rem; max-width: 74ch; } ul.notes li { margin-bottom: 0.4rem; }
@media (max-width: 34rem) {
  body { padding: 1.2rem 1rem 3rem; }
  .steps thead { position: absolute; clip-path: inset(50%); }
  .steps tr { display: grid; grid-template-columns: 1fr auto; border-bottom: 1px solid var(--line); padding: 0.4rem 0; } .steps th, .steps td { border: 0; padding: 0; } .steps td.words { grid-column: 1 / -1; color: var(--quiet); font-size: 0.88rem; }
  .objects td.words { color: var(--quiet); font-size: 0.88rem; }
}
@media print { details > * { display: block; } .card, .figures div { break-inside: avoid; } }
`;
