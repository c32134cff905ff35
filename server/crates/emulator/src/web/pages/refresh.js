// Keeps what is marked with data-refresh up to date while the page is looked at. Everything works without it.
(() => {
  const marked = () => document.querySelectorAll("[data-refresh]");
  if (!marked().length) return;
  const refresh = async () => {
    if (document.hidden) return;
    const answer = await fetch(location.pathname + location.search.replace(/([?&])note=\d+/, "$1"), { cache: "no-store" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of marked()) {
      const other = fresh.querySelector(`[data-refresh="${part.dataset.refresh}"]`);
      // What somebody is using with the keyboard or has selected stays as it is.
      const busy = part.contains(document.activeElement) || (part.contains(getSelection().anchorNode) && !getSelection().isCollapsed);
      if (other && !busy && other.innerHTML !== part.innerHTML) part.innerHTML = other.innerHTML;
    }
    const clock = fresh.querySelector(".clock");
    if (clock) document.querySelector(".clock").innerHTML = clock.innerHTML;
  };
  setInterval(() => refresh().catch(() => {}), 2000);
})();
