// One page with every screen that the journeys took a picture of, by name; light and dark, desk and phone side by side.
import { readdirSync, writeFileSync } from 'node:fs';

const folder = new URL('artifacts/', import.meta.url);
const pictures = readdirSync(new URL('screens/', folder)).filter((name) => name.endsWith('.png')).sort();
if (pictures.length === 0) throw new Error('there are no pictures: run the journeys of the screens first');

const screens = new Map();
for (const picture of pictures) {
  const [, name, size, theme] = picture.match(/^(.*)-(desk|phone)-(light|dark)\.png$/) ?? [];
  if (!name) throw new Error(`${picture} is no picture of a screen`);
  screens.set(name, [...(screens.get(name) ?? []), { picture, size, theme }]);
}

const figure = ({ picture, size, theme }) =>
  `<figure class="${size}"><a href="screens/${picture}"><img loading="lazy" src="screens/${picture}" alt="${size}, ${theme}"></a>` +
  `<figcaption>${size}, ${theme}</figcaption></figure>`;
const section = ([name, shown]) => `<section id="${name}"><h2>${name}</h2><div>${shown.map(figure).join('')}</div></section>`;
const all = [...screens];
const page = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gavel, every screen</title><style>
:root { color-scheme: light dark; font: 14px/20px system-ui, sans-serif; }
body { margin: 24px; } nav ul { columns: 12em; padding: 0; list-style: none; } section > div { display: flex; flex-wrap: wrap; gap: 16px; align-items: flex-start; }
figure { margin: 0; } .desk img { width: 560px; } .phone img { width: 180px; } img { border: 1px solid #888; border-radius: 6px; }
</style><h1>Every screen</h1><nav><ul>${all.map(([name]) => `<li><a href="#${name}">${name}</a></li>`).join('')}</ul></nav>
${all.map(section).join('\n')}</html>
`;
writeFileSync(new URL('gallery.html', folder), page);
console.log(`${all.length} screens, ${pictures.length} pictures: e2e/artifacts/gallery.html`);
