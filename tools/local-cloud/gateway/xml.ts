import { XMLBuilder, XMLParser } from 'fast-xml-parser';

/** What is written as XML; a member whose name begins with `@` is an attribute. */
export type XmlValue =
  string | number | boolean | Date | undefined | readonly XmlValue[] | { readonly [name: string]: XmlValue };

/** XML that was read: an element is its text or its children by name; repeated ones are a list. */
export type XmlTree = string | { readonly [name: string]: XmlTree | readonly XmlTree[] };

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });
const parser = new XMLParser({ parseTagValue: false, trimValues: false, htmlEntities: true });

/** Query-protocol XML: objects become elements, arrays `<member>` lists; undefined members are left out. */
export const toXml = (value: { readonly [name: string]: XmlValue }): string => builder.build(asBuilt(value));

function asBuilt(value: XmlValue): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.length === 0 ? '' : { member: value.map(asBuilt) };
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, asBuilt(child)]));
}

/** All elements of that name, in their order, each before those within it. */
export function elements(xml: XmlTree, name: string): XmlTree[] {
  // The text of an element is read once more, but holds no elements.
  const tree: XmlTree = typeof xml === 'string' ? (parser.parse(xml) as Exclude<XmlTree, string>) : xml;
  return within(tree, name);
}

function within(tree: XmlTree, name: string): XmlTree[] {
  if (typeof tree === 'string') return [];
  return Object.entries(tree).flatMap(([childName, children]) =>
    [children]
      .flat<(XmlTree | readonly XmlTree[])[]>()
      .flatMap((child) => [...(childName === name ? [child] : []), ...within(child, name)]),
  );
}

/** The texts of all elements of that name that hold nothing else. */
export const elementTexts = (xml: XmlTree, name: string): string[] =>
  elements(xml, name).filter((element) => typeof element === 'string');

/** The text of the first element of that name. */
export const elementText = (xml: XmlTree, name: string): string | undefined => elementTexts(xml, name)[0];
