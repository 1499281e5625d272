"""The style sheet of a report: light or dark, as the reader's system is set."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root { color-scheme: light dark; --paper: #fcfcfb; --ink: #0b0b0b; --soft: #52514e;
  --grid: #e1e0d9; --s0: #2a78d6; --s1: #eb6834; --s2: #1baf7a; --s3: #8a63d2; }
@media (prefers-color-scheme: dark) { :root { --paper: #1a1a19; --ink: #ffffff; --soft: #c3c2b7;
  --grid: #383835; --s0: #3987e5; --s1: #d95926; --s2: #199e70; --s3: #9a78dd; } }
body { margin: 0 auto; max-width: 86rem; padding: 1.5rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 1rem; }
h2 { font-size: 1.05rem; margin: 0 0 .25rem; }
p { color: var(--soft); font-size: .875rem; margin: 0 0 .5rem; }
main { display: grid; gap: 2rem;
  grid-template-columns: repeat(auto-fit, minmax(min(32rem, 100%), 1fr)); }
section { min-width: 0; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
.grid { stroke: var(--grid); }
.axis { stroke: var(--soft); }
.reference { fill: none; stroke: var(--soft); stroke-dasharray: 4 4; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.s0 { --mark: var(--s0); } .s1 { --mark: var(--s1); }
.s2 { --mark: var(--s2); } .s3 { --mark: var(--s3); }
.line { stroke: var(--mark); }
circle, rect { fill: var(--mark); }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; margin: .25rem 0;
  padding: 0; color: var(--soft); font-size: .875rem; }
.key { background: var(--mark); border-radius: 2px; display: inline-block; height: .75rem;
  margin-right: .4rem; vertical-align: -1px; width: .75rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid var(--grid); padding: .2rem 1rem .2rem 0; text-align: right; }
th:first-child { text-align: left; font-weight: normal; color: var(--soft); }
"""
