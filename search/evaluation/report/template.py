"""Template of the report: its markup, its style sheet, and its script for hover and click."""

from string import Template

STYLE = """
:root { --ink: #1f2937; --faint: #6b7280; --line: #e5e7eb; --paper: #fff;
  --text: Charter, "Bitstream Charter", "Iowan Old Style", "Source Serif 4", Georgia, serif;
  --data: "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 1216px; padding: 0 28px 72px; background: var(--paper);
  color: var(--ink); font: 15px/1.5 var(--data); font-variant-numeric: tabular-nums; }
h1, h2, .finding { font-family: var(--text); text-wrap: balance; }
h1 { margin: 52px 0 6px; font-size: 17px; font-weight: 400; color: var(--faint); }
h2 { margin: 0 0 8px; font-size: 21px; line-height: 1.2; font-weight: 600; }
.finding { margin: 0 0 22px; max-width: 27em; font-size: 33px; line-height: 1.24; }
.counts { display: flex; flex-wrap: wrap; gap: 4px 26px; margin: 0 0 20px; padding: 0;
  list-style: none; color: var(--faint); }
nav { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: 2px 22px;
  padding: 10px 0; background: var(--paper); border-bottom: 1px solid var(--line); }
.system { display: inline-flex; align-items: baseline; gap: 7px; }
.system i { width: 10px; height: 10px; border-radius: 50%; flex: none;
  print-color-adjust: exact; -webkit-print-color-adjust: exact; }
section { padding: 40px 0 8px; }
section + section { border-top: 1px solid var(--line); }
section > header p { margin: 0 0 18px; max-width: 62ch; font-size: 14px; color: var(--faint); }
section > div { min-width: 0; }
figure { margin: 0 0 22px; break-inside: avoid; }
figcaption { display: flex; flex-wrap: wrap; gap: 2px 18px; margin-bottom: 6px; font-size: 14px; }
figcaption > span:last-child:not(.system) { color: var(--faint); }
svg { display: block; width: 100%; max-width: 880px; height: auto; }
.left-out { margin: 0; color: var(--faint); font-style: italic; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th, td { padding: 9px 18px 9px 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); font-weight: 400; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { color: var(--faint); font-size: 13px; white-space: nowrap; }
td small, th small { display: block; font-size: 12px; line-height: 1.45; color: var(--faint); }
small.sure { color: var(--ink); }
.means td { font-size: 17px; white-space: nowrap; }
.means th small { margin-left: 17px; }
.sortable thead th { cursor: pointer; }
.sortable thead th:hover, .sortable thead th[aria-sort] { color: var(--ink); }
[aria-sort=ascending]::after { content: " ▲"; font-size: 9px; }
[aria-sort=descending]::after { content: " ▼"; font-size: 9px; }
svg [role=graphics-symbol]:hover { opacity: .14; }
svg [role=graphics-symbol]:not([opacity]):hover { opacity: .7; }
#hover { position: fixed; z-index: 2; max-width: 420px; padding: 7px 10px; border-radius: 4px;
  background: var(--ink); color: #fff; font-size: 13px; line-height: 1.4; white-space: pre-line;
  pointer-events: none; }
@media (min-width: 1180px) {
  section { display: grid; grid-template-columns: 236px minmax(0, 880px); gap: 44px; }
}
@media print {
  @page { margin: 14mm; }
  body { padding: 0; font-size: 10pt; }
  nav { position: static; }
  section { padding: 18px 0 4px; }
  header, figcaption { break-after: avoid; }
  tr { break-inside: avoid; }
}
"""

SCRIPT = """
// The label of whatever mark is under the pointer, beside the pointer.
const hover = document.getElementById("hover");
document.addEventListener("pointermove", event => {
  const mark = event.target.closest("[data-hover], svg [role=graphics-symbol][aria-label]");
  hover.hidden = !mark;
  if (!mark) return;
  hover.textContent = mark.dataset.hover ?? mark.getAttribute("aria-label");
  const { width, height } = hover.getBoundingClientRect();
  const left = Math.min(event.clientX + 14, innerWidth - width - 8);
  const below = event.clientY + 18;
  hover.style.left = Math.max(8, left) + "px";
  hover.style.top = (below + height < innerHeight ? below : event.clientY - height - 12) + "px";
});
document.addEventListener("pointerleave", () => { hover.hidden = true; });
// A click on a head sorts its column; another click turns the order round.
for (const head of document.querySelectorAll(".sortable thead th")) {
  head.addEventListener("click", () => {
    const body = head.closest("table").tBodies[0];
    const down = head.getAttribute("aria-sort") === "ascending";
    const cell = row => row.cells[head.cellIndex];
    const key = row => cell(row).dataset.value ?? cell(row).innerText;
    const order = (a, b) => key(a).localeCompare(key(b), undefined, { numeric: true });
    const numeric = "value" in cell(body.rows[0]).dataset;
    const rows = [...body.rows].sort(numeric ? (a, b) => key(a) - key(b) : order);
    for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    body.append(...(down ? rows.reverse() : rows));
  });
}
"""

PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$name: evaluation</title>
<style>$style</style>
</head>
<body>
<header>
<h1>Evaluation on $name</h1>
<p class="finding">$finding</p>
<ul class="counts">$counts</ul>
</header>
<nav aria-label="Systems">$keys</nav>
<main>
$sections
</main>
<div id="hover" hidden></div>
<script>$script</script>
</body>
</html>
""")
