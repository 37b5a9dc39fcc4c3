(async (js, wasm) => {
  const islands = document.querySelectorAll('leptos-island');
  const module = await import(js);
  await module.default({ module_or_path: wasm });
  module.hydrate();
  for (const island of islands) module[island.dataset.component]?.(island);
  document.documentElement.dataset.hydrated = '';
})
