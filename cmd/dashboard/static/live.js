// Keeps the page as it would be if it were loaded now, without getting in the
// way of whoever reads it. The server sends elements; each replaces the one
// with its id.
"use strict";
(() => {
  const root = document.documentElement;
  const held = new Map(); // fragments that wait until the reader lets go
  let source = null;

  const selecting = (element) => {
    const selection = getSelection();
    return selection && !selection.isCollapsed && selection.containsNode(element, true);
  };

  // What the reader looks at: the first element with an id below the top edge.
  const anchor = () => scrollY < 8 ? null :
    [...document.querySelectorAll("section, li[id]")].find((e) => e.getBoundingClientRect().top >= 0 && e.id);

  const swap = (html) => {
    const next = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
    const old = next && document.getElementById(next.id);
    if (!old) return;
    if (selecting(old)) { held.set(next.id, html); return; }
    held.delete(next.id);
    for (const details of next.querySelectorAll("details[id]"))
      details.open = document.getElementById(details.id)?.open ?? false;
    if (old.isEqualNode(next)) return;

    const eye = anchor(), top = eye?.getBoundingClientRect().top;
    const scrolled = [...old.querySelectorAll(".scroll")].map((e) => [e.id, e.scrollTop, e.scrollLeft]);
    const active = old.contains(document.activeElement) ? document.activeElement : null;
    const focusable = (e) => [...e.querySelectorAll("a, summary, [tabindex]")];
    const place = active && focusable(old).indexOf(active), href = active?.getAttribute("href");

    old.replaceWith(next);
    for (const [id, y, x] of scrolled) document.getElementById(id)?.scrollTo(x, y);
    if (active) {
      const all = focusable(next);
      (all.find((e) => href && e.getAttribute("href") === href) ?? all[place])?.focus({ preventScroll: true });
    }
    const now = eye && document.getElementById(eye.id);
    if (now) scrollBy({ top: now.getBoundingClientRect().top - top, behavior: "instant" });
  };

  const listen = () => {
    source?.close();
    source = null;
    const events = document.body.dataset.events; // none: nothing on the page changes
    if (!events || document.hidden) return; // nobody looks: let the server rest
    source = new EventSource(events);
    source.addEventListener("fragment", (event) => { root.dataset.link = "live"; swap(event.data); });
    source.onerror = () => { root.dataset.link = "lost"; if (source.readyState === 2) setTimeout(listen, 5000); };
  };

  // Filters that are not set stay out of the address, which people share.
  document.addEventListener("formdata", (event) => {
    if (event.target.method !== "get") return;
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });

  document.addEventListener("selectionchange", () => [...held.values()].forEach(swap));
  document.addEventListener("visibilitychange", listen);
  listen();
})();
