/* global MARK, DIGITS -- set in front of this file, which runs in the page before anything else does */
const shown = [];
globalThis.shownStamps = shown;
let last = 0;

function afterFrame(done) {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", done);
    port1.start();
    port2.postMessage(null);
  });
}

/** The stamps that a text has beyond those that were seen, newest first; stamps only rise. */
function fresh(text) {
  const found = [];
  let at = text.lastIndexOf(MARK);
  while (at >= 0) {
    const stamp = Number(text.slice(at + MARK.length, at + MARK.length + DIGITS));
    if (stamp <= last) break;
    found.push(stamp);
    at = at === 0 ? -1 : text.lastIndexOf(MARK, at - 1);
  }
  return found;
}

new MutationObserver((changes) => {
  const nodes = changes.flatMap(({ target, addedNodes }) =>
    target.nodeType === Node.TEXT_NODE ? [target] : [...addedNodes],
  );
  const stamps = new Set(nodes.flatMap((node) => fresh(node.textContent ?? "")));
  if (stamps.size === 0) return;
  last = Math.max(last, ...stamps);
  afterFrame(() => {
    const now = performance.now();
    const instant = (performance.timeOrigin + now) * 1000;
    for (const stamp of stamps) shown.push({ stamp, age: (instant - stamp) / 1000, sinceOpened: now });
  });
}).observe(document, { subtree: true, childList: true, characterData: true });
