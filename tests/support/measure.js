// What axe does not measure. Laid over a page by tests/support/looks.py; each function answers with findings in words.
window.looks = (() => {
  const TABBABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  const LOOK = ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "backgroundColor", "borderTopColor",
    "borderTopWidth", "borderBottomColor", "borderBottomWidth", "color", "textDecorationLine", "position"];
  const short = (element) => element.cloneNode(false).outerHTML.replace(/\s+/g, " ").slice(0, 160);
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: false })
    && element.getClientRects().length > 0;

  // Too wide

  function wide() {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    const out = [...document.body.querySelectorAll("*")].filter((e) => shown(e) && e.getBoundingClientRect().right > room + 1);
    return [`scrolls sideways: ${document.documentElement.scrollWidth} px in ${room}: ${out.length ? short(out.at(-1)) : ""}`];
  }

  // A table whose rows stand as blocks in a narrow window needs no scrolling there.
  function stacked() {
    const blocks = [...document.querySelectorAll(".scroll:has(> .govuk-table--stacks)")]
      .filter((e) => getComputedStyle(e.querySelector("tr:last-child")).display === "block");
    return blocks.filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => `has rows too wide for a block: ${short(e)}`);
  }

  // Text that is cut off: its box hides what does not fit. Fields scroll by themselves.
  function cut() {
    const found = [];
    for (const element of document.body.querySelectorAll("*")) {
      if (!shown(element) || /^(SELECT|INPUT|TEXTAREA|svg|SVG)$/.test(element.tagName) || element.closest("svg")) continue;
      const style = getComputedStyle(element);
      const sideways = /hidden|clip/.test(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
      const down = /hidden|clip/.test(style.overflowY) && element.scrollHeight > element.clientHeight + 1;
      const hiddenForAll = element.clientWidth <= 1 || style.clipPath !== "none" || style.position === "absolute" && style.clip !== "auto";
      if ((sideways || down) && !hiddenForAll && element.innerText.trim()) found.push(`cuts text off: ${short(element)}`);
    }
    return found.slice(0, 3);
  }

  // Words that go over to the next line in their middle, though they are no longer than words are.
  function broken() {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { data, parentElement } = walker.currentNode;
      if (!shown(parentElement) || parentElement.closest(".key, .codes, code, textarea, svg")) continue;
      for (const { 0: word, index } of data.matchAll(/(?<![\S])[\p{L}’',.;:()]{4,15}(?![\S])/gu)) {
        const range = document.createRange();
        range.setStart(walker.currentNode, index);
        range.setEnd(walker.currentNode, index + word.length);
        if (new Set([...range.getClientRects()].map((each) => each.top)).size > 1) found.push(`breaks a word: ${word}`);
      }
    }
    return found.slice(0, 3);
  }

  // Paper: nothing that can only be pressed, and an address for each link that leads to another place.
  const PRESSED = "nav, button, dialog, [type=submit], [type=file], [role=search], details:not([open]), .govuk-skip-link";

  function printed() {
    const found = [...document.body.querySelectorAll(PRESSED)].filter(shown).map((each) => `prints what can only be pressed: ${short(each)}`);
    for (const link of document.querySelectorAll("main a[href^=http]")) {
      const said = link.innerText.includes(link.getAttribute("href")) || getComputedStyle(link, "::after").content.includes("http");
      if (shown(link) && !said) found.push(`prints no address: ${short(link)}`);
    }
    return [...found.slice(0, 3), ...[...wide(), ...cut()].map((said) => `on paper ${said}`)];
  }

  // WCAG 1.4.12: the spacing that people may set for themselves.
  function spaced(on) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
      p { margin-bottom: 2em !important }`);
    document.adoptedStyleSheets = on ? [sheet] : [];
  }

  // What every page has

  function whole(language) {
    const found = [];
    const first = [...document.querySelectorAll("h1")].filter(shown);
    if (first.length !== 1) found.push(`has ${first.length} h1`);
    if (!document.title.trim()) found.push("has no title");
    if (document.documentElement.lang !== language) found.push(`says that its language is "${document.documentElement.lang}"`);
    const ids = [...document.querySelectorAll("[id]")].map((each) => each.id);
    const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
    if (twice.length) found.push(`has the id "${twice[0]}" twice`);
    return found;
  }

  // Pieces of text with the language that they are said to be in. What people typed themselves is left out.
  function texts() {
    const pieces = [];
    for (const each of document.body.querySelectorAll("p, li, legend, label, h1, h2, h3, dd, td, summary, caption")) {
      if (!shown(each) || each.closest(".typed") || each.querySelector(".typed, p, li, dd, td")) continue;
      const words = each.innerText.replace(/\s+/g, " ").trim();
      if (words.length >= 40) pieces.push([each.closest("[lang]")?.lang ?? "", words]);
    }
    return pieces;
  }

  // Focus

  const look = (element) => {
    const parts = [[element, null], [element, "::before"], [element, "::after"]];
    const next = element.nextElementSibling;
    if (next?.tagName === "LABEL") parts.push([next, null], [next, "::before"], [next, "::after"]);
    if (element.tagName === "SUMMARY" && element.firstElementChild) parts.push([element.firstElementChild, null]);
    return parts.map(([of, pseudo]) => {
      const style = getComputedStyle(of, pseudo);
      return LOOK.map((name) => style[name]).join();
    }).join("|");
  };

  // One stop for each thing that Tab comes to: of radio buttons of one name, any.
  function stops() {
    const groups = new Map();
    for (const element of document.body.querySelectorAll(TABBABLE)) {
      if (element.tabIndex < 0 || element.disabled || element.matches(":disabled") || !shown(element) || element.closest("[inert]")) continue;
      if (element.tagName === "SUMMARY" && element.parentElement.tagName !== "DETAILS") continue;
      const group = element.type === "radio" ? `${element.form?.id}|${element.name}` : element;
      groups.set(group, [...(groups.get(group) ?? []), element]);
    }
    return [...groups.values()];
  }

  const walk = { stops: [], before: new Map(), come: new Set(), plain: [] };

  function begin() {
    document.activeElement?.blur?.();
    walk.stops = stops();
    walk.before = new Map(walk.stops.flat().map((element) => [element, look(element)]));
    walk.come = new Set();
    walk.plain = [];
    document.addEventListener("focusin", watch);
    return walk.stops.length;
  }

  function watch({ target }) {
    if (walk.come.has(target)) return;
    walk.come.add(target);
    if (walk.before.has(target) && walk.before.get(target) === look(target)) walk.plain.push(short(target));
  }

  function end(steps) {
    document.removeEventListener("focusin", watch);
    const missed = walk.stops.slice(0, steps).filter((group) => !group.some((each) => walk.come.has(each)));
    const found = walk.plain.slice(0, 3).map((each) => `does not show the focus: ${each}`);
    if (missed.length) found.push(`keeps the keyboard from ${missed.length} of ${walk.stops.length}: ${short(missed[0][0])}`);
    return found;
  }

  return { wide, stacked, cut, broken, printed, spaced, whole, texts, begin, end };
})();
