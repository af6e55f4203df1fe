/// The one style sheet. Colours of text have a contrast of at least 4.5 to what is behind them, in light and dark
/// (WCAG 2.2, success criterion 1.4.3).
enum StyleSheet {
  static let text = """
    :root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --faint: #57606a; --line: #d0d7de; --soft: #f6f8fa;
      --link: #0550ae; --focus: #0550ae; --wait: #7d4e00; --busy: #0550ae; --good: #116329; --bad: #a40e26;
      --gone: #57606a; }
    @media (prefers-color-scheme: dark) { :root { --back: #0d1117; --text: #e6edf3; --faint: #9198a1; --line: #3d444d;
      --soft: #151b23; --link: #79c0ff; --focus: #79c0ff; --wait: #e3b341; --busy: #79c0ff; --good: #7ee787;
      --bad: #ffa198; --gone: #9198a1; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.45 system-ui, "DejaVu Sans", sans-serif; }
    a { color: var(--link); }
    :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 2px; }
    .hidden, .skip:not(:focus) { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
      white-space: nowrap; }
    .skip:focus { position: absolute; left: 8px; top: 8px; padding: 8px; background: var(--back); }
    .top { display: flex; flex-wrap: wrap; gap: 4px 24px; align-items: baseline; padding: 12px 20px;
      border-bottom: 1px solid var(--line); background: var(--soft); }
    .brand { font-weight: 700; color: var(--text); text-decoration: none; }
    nav ol { display: flex; flex-wrap: wrap; gap: 0 6px; margin: 0; padding: 0; list-style: none; }
    nav ol li + li::before { content: "/"; color: var(--faint); margin-right: 6px; }
    main { padding: 8px 20px 24px; max-width: 1500px; margin: 0 auto; }
    footer { padding: 0 20px 20px; max-width: 1500px; margin: 0 auto; color: var(--faint); font-size: 13px; }
    h1 { font-size: 24px; margin: 16px 0; overflow-wrap: anywhere; }
    h2 { font-size: 18px; margin: 28px 0 8px; }
    .faint { color: var(--faint); }
    .past { border-left: 4px solid var(--wait); background: var(--soft); padding: 10px 14px; }
    .filters { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: end; border: 1px solid var(--line);
      border-radius: 8px; padding: 12px; background: var(--soft); }
    .filters > label { flex: 1 1 130px; max-width: 240px; display: grid; gap: 2px; }
    .filters > label:has([size]) { flex-basis: 290px; max-width: 340px; }
    .filters fieldset > label:has([type="text"]) { display: grid; gap: 2px; }
    .filters label { font-size: 14px; }
    .filters > a { padding: 6px 0; }
    .filters input[type="search"], .filters input[type="text"] { width: 100%; }
    input[type="search"], input[type="text"], select, button { font: inherit; padding: 6px 10px; color: var(--text);
      background: var(--back); border: 1px solid var(--faint); border-radius: 6px; max-width: 100%; }
    input::placeholder { color: var(--faint); opacity: 1; }
    button { cursor: pointer; font-weight: 600; }
    details { border: 1px solid var(--line); border-radius: 6px; background: var(--back); padding: 6px 10px; }
    summary { cursor: pointer; }
    fieldset { border: 0; margin: 8px 0 0; padding: 0; display: grid; gap: 4px 16px;
      grid-template-columns: repeat(auto-fill, minmax(170px, 1fr)); }
    fieldset:has([type="text"]) { grid-template-columns: repeat(auto-fill, minmax(290px, 1fr)); }
    .summary { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: baseline; }
    table { border-collapse: collapse; width: 100%; font-size: 14px; }
    th, td { text-align: start; padding: 6px 10px; border-bottom: 1px solid var(--line); vertical-align: top; }
    thead th { font-size: 13px; color: var(--faint); }
    tbody th { font-weight: 600; }
    tbody th, td:has(bdi) { overflow-wrap: anywhere; min-width: 7em; }
    tbody th:has(a) { min-width: 13em; }
    tbody th a { text-decoration: none; }
    tbody th a:hover, tbody th a:focus { text-decoration: underline; }
    td[data-label="Actions"] { white-space: nowrap; padding-block: 3px; text-align: end; }
    tbody tr:hover { background: var(--soft); }
    .number { text-align: end; white-space: nowrap; font-variant-numeric: tabular-nums; }
    time { white-space: nowrap; font-variant-numeric: tabular-nums; }
    .status { font-weight: 600; white-space: nowrap; }
    h1 .status { font-size: 16px; margin-left: 8px; }
    .status::before { content: ""; display: inline-block; width: 9px; height: 9px; border-radius: 50%; margin-right: 6px;
      background: currentColor; }
    .wait { color: var(--wait); fill: var(--wait); } .busy { color: var(--busy); fill: var(--busy); }
    .good { color: var(--good); fill: var(--good); } .bad { color: var(--bad); fill: var(--bad); }
    .gone { color: var(--gone); fill: var(--gone); }
    tr.bad { color: var(--text); } tr.bad th { color: var(--bad); }
    .pages { display: flex; gap: 16px; margin-top: 16px; }
    .pages a, a.action { padding: 8px 14px; border: 1px solid var(--faint); border-radius: 6px; text-decoration: none; }
    .tabs ul { display: flex; flex-wrap: wrap; gap: 0 4px; margin: 0 0 16px; padding: 0; list-style: none;
      border-bottom: 1px solid var(--line); }
    .tabs a { display: block; padding: 8px 14px; text-decoration: none; border-bottom: 3px solid transparent; }
    .tabs a:hover { background: var(--soft); }
    .tabs a[aria-current] { color: var(--text); font-weight: 600; border-bottom-color: var(--link); }
    .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 420px), 1fr)); gap: 20px; }
    figure { margin: 0; padding: 12px; border: 1px solid var(--line); border-radius: 8px; display: flex;
      flex-direction: column; }
    figcaption { font-weight: 600; }
    figure .legend { margin: 6px 0; font-size: 14px; }
    .chart { width: 100%; margin-top: auto; }
    .chart text { font-size: 13px; fill: var(--faint); }
    .level, .tick { stroke: var(--line); fill: none; }
    .sample { width: 36px; height: 10px; }
    .curve { fill: none; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
    .series1 { stroke: var(--busy); } .series2 { stroke: var(--wait); stroke-dasharray: 7 5; }
    .series3 { stroke: var(--bad); stroke-dasharray: 1 5; }
    .column { fill: var(--busy); stroke: none; }
    .numbers { margin-top: 20px; }
    .numbers > div { overflow-x: auto; }
    .numbers tbody th { position: sticky; inset-inline-start: 0; background: var(--back); }
    caption { text-align: start; padding: 8px 10px; color: var(--faint); }
    .projects { padding: 0; list-style: none; }
    .projects li { padding: 12px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
    .fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(340px, 1fr)); gap: 0 24px; margin: 0; }
    .fields div { display: grid; grid-template-columns: 150px 1fr; gap: 8px; padding: 5px 0;
      border-bottom: 1px solid var(--line); }
    dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
    .bar { display: block; width: 100%; height: 22px; border-radius: 6px; background: var(--soft); }
    .bar rect { stroke: var(--back); stroke-width: 1px; vector-effect: non-scaling-stroke; }
    .legend { display: flex; flex-wrap: wrap; gap: 4px 20px; padding: 0; list-style: none; }
    @media (max-width: 760px) {
      main, .top, footer { padding-left: 12px; padding-right: 12px; }
      .fields { grid-template-columns: 1fr; }
      .tabs ul { gap: 0; font-size: 14px; }
      .tabs a { padding: 8px 6px; }
      .chart text { font-size: 16px; }
      .cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
      .cards, .cards tbody, .cards tr, .cards th, .cards td { display: block; }
      .cards tr { display: grid; grid-template-columns: 1fr 1fr; gap: 2px 12px; position: relative;
        border: 1px solid var(--line); border-radius: 8px; margin-bottom: 10px; padding: 8px 12px;
        content-visibility: auto; contain-intrinsic-block-size: auto 150px; }
      .cards th, .cards td { border: 0; padding: 1px 0; text-align: start; }
      .cards th, .cards td[data-label="Created"], .cards td[data-label="Detail"], .cards .hash {
        grid-column: 1 / -1; }
      .cards th:has(~ [data-label="Actions"]) { padding-inline-end: 44px; }
      .cards td[data-label="Actions"] { position: absolute; inset-block-start: 4px; inset-inline-end: 6px; }
      .cards td::before { content: attr(data-label) ": "; color: var(--faint); }
      .cards td[data-label="Actions"]::before { content: none; }
      .cards td:empty, .cards td:has(bdi:empty) { display: none; }
      .filters > label { flex-basis: 40%; max-width: none; }
      .filters > label:has([type="search"], [size]) { flex-basis: 100%; max-width: none; }
    }
    """
}
