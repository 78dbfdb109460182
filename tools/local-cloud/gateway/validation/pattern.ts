/** POSIX classes of Java, which are ASCII there. */
const posixClasses: Readonly<Record<string, string>> = {
  Alpha: 'a-zA-Z',
  Digit: '0-9',
  Alnum: 'a-zA-Z0-9',
  Lower: 'a-z',
  Upper: 'A-Z',
  Print: '\\x20-\\x7e',
  Graph: '\\x21-\\x7e',
  Punct: '!-\\/:-@\\[-`\\{-~',
  ASCII: '\\x00-\\x7f',
};

/**
 * Turns a pattern of a service model, which is a Java regular expression for the whole value, into a JavaScript one.
 *
 * @throws SyntaxError when JavaScript has no equivalent
 */
export function wholeValuePattern(javaPattern: string): RegExp {
  const inline = /^\(\?([si]+)\)/.exec(javaPattern);
  const source = `^(?:${rewritten(javaPattern.slice(inline?.[0].length ?? 0))})$`;
  const flags = inline?.[1] ?? '';
  try {
    return new RegExp(source, `u${flags}`);
  } catch {
    // What only the strict syntax of `u` refuses (`[\w-/]`) means the same without it.
    return new RegExp(source, flags);
  }
}

/** Replaces POSIX classes, and takes the backslash from escapes that Java allows and `u` does not: `\_`, `\@`, `\:`. */
function rewritten(pattern: string): string {
  let inClass = false;
  return pattern.replace(
    /\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[pP]\{(\w+)\}|[\s\S])|[[\]]/g,
    (token: string, property: string | undefined) => {
      if (property !== undefined) {
        const posix = posixClasses[property];
        if (posix === undefined) return token.replace('{Is', '{');
        return inClass ? posix : `[${posix}]`;
      }
      if (token === '[' || token === ']') {
        // A `[` inside a class is an ordinary character in these models.
        if (token === '[' && inClass) return '\\[';
        inClass = token === '[';
        return token;
      }
      if (token.length > 2 || /[\\^$.*+?()[\]{}|/dDsSwWbBnrtvf0]/.test(token.charAt(1))) return token;
      return token === '\\-' && inClass ? token : token.slice(1);
    },
  );
}
