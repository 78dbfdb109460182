/**
 * Words in lines of at most `width` characters, each indented like the line that it comes from; a word that is longer (a
 * link, an ARN, a command) stays whole, so that it can be copied.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const indent = /^ */.exec(line)?.[0] ?? '';
    let current = indent;
    for (const word of line.trim().split(' ')) {
      const longer = current.trim() === '' ? `${indent}${word}` : `${current} ${word}`;
      if (longer.length > width && current.trim() !== '') {
        lines.push(current);
        current = `${indent}${word}`;
      } else current = longer;
    }
    lines.push(current);
  }
  return lines;
}
