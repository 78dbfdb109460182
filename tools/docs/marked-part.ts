/** A part of a document that is written by a tool, between two comment lines that stay. */
const beginOf = (name: string): string => `<!-- ${name}: written by npm run docs -->`;
const endOf = (name: string): string => `<!-- end of ${name} -->`;

/**
 * The document with another content of this part.
 * @throws Error when the document has no such part
 */
export function withPart(document: string, name: string, content: string): string {
  const [begin, end] = [document.indexOf(beginOf(name)), document.indexOf(endOf(name))];
  if (begin < 0 || end < begin)
    throw new Error(`The document has no part "${name}": a line ${beginOf(name)} and after it a line ${endOf(name)}.`);
  return `${document.slice(0, begin)}${beginOf(name)}\n\n${content}\n\n${document.slice(end)}`;
}
