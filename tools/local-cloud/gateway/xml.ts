import { escapeXml } from './aws-error.ts';

export type XmlValue =
  string | number | boolean | Date | undefined | readonly XmlValue[] | { readonly [name: string]: XmlValue };

/** Query-protocol XML: objects become elements, arrays `<member>` lists; undefined members are left out. */
export function toXml(value: XmlValue): string {
  if (value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item: XmlValue) => `<member>${toXml(item)}</member>`).join('');
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([name, child]) => (child === undefined ? '' : `<${name}>${toXml(child as XmlValue)}</${name}>`))
      .join('');
  }
  return escapeXml(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Texts of all elements of that name, outermost first, entities resolved. */
export function elements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, 'g'))].map(([, inner = '']) =>
    unescapeXml(inner),
  );
}

export const element = (xml: string, name: string): string | undefined => elements(xml, name)[0];

function unescapeXml(xml: string): string {
  return xml.replace(/&(#x?)?([0-9a-zA-Z]+);/g, (whole, numeric: string | undefined, body: string) => {
    if (numeric === undefined) return ENTITIES[body] ?? whole;
    return String.fromCodePoint(parseInt(body, numeric === '#x' ? 16 : 10));
  });
}
