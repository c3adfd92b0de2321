/** Text that is safe between tags and in quoted attributes. */
export function escape(text: string | number): string {
  return String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export type Attributes = { readonly [name: string]: string | number | undefined };

/** One element; `content` is markup already. */
export function element(name: string, attributes: Attributes = {}, ...content: readonly string[]): string {
  const written = Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${escape(value)}"`])).join('');
  return content.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${content.join('')}</${name}>`;
}

/** One element that holds text. */
export function text(name: string, attributes: Attributes, content: string | number): string {
  return element(name, attributes, escape(content));
}

/** Rounded to a tenth of a pixel: finer cannot be seen and makes the page large. */
export function px(n: number): number {
  return Math.round(n * 10) / 10;
}
