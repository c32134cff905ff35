const { script, wasm } = document.querySelector("script[data-wasm]").dataset;
const waking = [];
async function wake(node, islands) {
  const isIsland = node.localName === "leptos-island";
  const isInner = node.localName === "leptos-children";
  if (isIsland) {
    waking.at(-1)?.();
    await islands[node.dataset.component]?.(node);
  }
  if (isInner) waking.push(node.$$on_hydrate);
  for (const child of node.children) await wake(child, islands);
  if (isInner) waking.pop();
}
const islands = await import(script);
await islands.default({ module_or_path: wasm });
islands.hydrate();
await wake(document.body, islands);
document.documentElement.dataset.hydrated = "";
