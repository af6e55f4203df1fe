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
    .slider { display: flex; flex-wrap: wrap; gap: 6px 14px; align-items: center; margin: 12px 0 0; }
    .slider label { flex: 1 1 300px; display: flex; gap: 12px; align-items: center; }
    .slider input[type="range"] { flex: 1; min-width: 0; height: 28px; margin: 0; accent-color: var(--link);
      cursor: ew-resize; }
    .slider output { min-width: 21em; font-variant-numeric: tabular-nums; }
    #live[aria-pressed="true"] { color: var(--back); background: var(--link); border-color: var(--link); }
    """
}
