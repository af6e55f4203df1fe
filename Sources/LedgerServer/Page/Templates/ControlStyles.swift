/// The style of what is used by hand: menus, dialogs, the slider, the live mode.
enum ControlStyles {
  static let text = """

    [hidden] { display: none !important; }
    .dots { padding: 0 10px; line-height: 1.6; border-color: transparent; background: none; }
    .dots:hover, .dots[aria-expanded="true"], tr:focus-within .dots { border-color: var(--line); background: var(--back); }
    .menu { margin: 4px 0; padding: 6px; min-width: 190px; color: var(--text); background: var(--back);
      border: 1px solid var(--line); border-radius: 8px; box-shadow: 0 8px 24px rgb(0 0 0 / 20%); }
    @supports (position-area: block-end) { .menu { inset: auto; position-area: block-end span-inline-start;
      position-try-fallbacks: flip-block; } }
    .menu a { display: block; padding: 7px 12px; border-radius: 5px; color: var(--text); text-decoration: none; }
    .menu a:hover, .menu a:focus { background: var(--soft); text-decoration: underline; }
    .menu a.danger { color: var(--bad); }
    .drop { position: relative; font-size: 14px; }
    .drop summary { overflow-wrap: anywhere; }
    .drop > :not(summary) { position: absolute; z-index: 2; inset-inline-start: -1px; top: 100%; margin: 4px 0 0;
      padding: 12px 14px; width: max-content; max-width: min(560px, calc(100vw - 48px)); max-height: 60vh; overflow: auto;
      background: var(--back); border: 1px solid var(--line); border-radius: 8px;
      box-shadow: 0 8px 24px rgb(0 0 0 / 20%); }
    #moment > :not(summary) { inset-inline: auto -1px; }
    .drop > ul { padding: 6px; min-width: 220px; list-style: none; }
    .drop a { display: block; padding: 7px 12px; border-radius: 5px; color: var(--text); text-decoration: none;
      overflow-wrap: anywhere; }
    .drop a:hover, .drop a:focus { background: var(--soft); text-decoration: underline; }
    .drop a[aria-current="true"] { font-weight: 700; }
    .top .drop { padding: 2px 10px; }
    @media (max-width: 760px) { .filters .drop { position: static; flex: 1 1 auto; }
      .filters .drop[open] { flex-basis: 100%; }
      .filters .drop > :not(summary) { position: static; width: auto; max-width: none; padding: 8px 0 0; border: 0;
        box-shadow: none; } }
    .notice, .refusal { border-left: 4px solid var(--good); background: var(--soft); padding: 10px 14px; }
    .refusal { border-color: var(--bad); }
    .ask { max-width: 560px; }
    .ask h1 { font-size: 20px; }
    .ask label { display: grid; gap: 4px; font-size: 14px; }
    .answers { display: flex; flex-wrap: wrap; gap: 12px; align-items: center; margin-bottom: 0; }
    .danger { color: var(--bad); }
    button.danger { color: var(--back); background: var(--bad); border-color: var(--bad); }
    dialog { width: min(560px, calc(100vw - 32px)); padding: 8px 24px 24px; color: var(--text); background: var(--back);
      border: 1px solid var(--line); border-radius: 12px; box-shadow: 0 16px 48px rgb(0 0 0 / 30%); }
    dialog::backdrop { background: rgb(0 0 0 / 45%); }
    .slider { display: flex; flex-wrap: wrap; gap: 6px 14px; align-items: center; margin: 12px 0 0; }
    .slider label { flex: 1 1 300px; display: flex; gap: 12px; align-items: center; }
    .slider input[type="range"] { flex: 1; min-width: 0; height: 28px; margin: 0; accent-color: var(--link);
      cursor: ew-resize; }
    .slider output { min-width: 21em; font-variant-numeric: tabular-nums; }
    .steps { padding: 0; list-style: none; max-width: 900px; }
    .steps > li { padding: 8px 14px; border-left: 4px solid currentColor; margin-bottom: 4px; background: var(--soft); }
    .steps strong { display: inline-block; min-width: 6.5em; }
    .steps span, .steps p, .steps ul { color: var(--text); }
    .steps p, .steps ul { margin: 2px 0 0; padding: 0; list-style: none; font-size: 14px; overflow-wrap: anywhere; }
    .verdict { font-weight: 600; font-size: 17px; }
    code, pre { font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
    pre { padding: 10px 14px; background: var(--soft); border: 1px solid var(--line); border-radius: 8px;
      white-space: pre-wrap; }
    .hash details { border: 0; padding: 0; background: none; } .hash ol { margin: 4px 0; padding-inline-start: 24px; }
    .viewer { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: baseline; margin-inline-start: auto;
      font-size: 14px; overflow-wrap: anywhere; }
    .viewer button { padding: 2px 10px; }
    .sign-in { display: grid; gap: 8px; justify-items: start; max-width: 480px; }
    .sign-in label { display: grid; gap: 4px; width: 100%; }
    input[type="password"] { font: inherit; padding: 6px 10px; color: var(--text); background: var(--back);
      border: 1px solid var(--faint); border-radius: 6px; }
    @media (prefers-reduced-motion: no-preference) { tr.changed { animation: changed 2s ease-out; } }
    @keyframes changed { from { background: color-mix(in srgb, var(--link) 25%, transparent); } }
    #live[aria-pressed="true"] { color: var(--back); background: var(--link); border-color: var(--link); }
    """
}
