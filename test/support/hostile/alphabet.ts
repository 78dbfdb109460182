import fc from 'fast-check';

/** What breaks formats, paths, shells, spreadsheets and displays. */
export const HOSTILE_PIECES: readonly string[] = [
  '=',
  '+',
  '-',
  '@',
  "=cmd|' /C calc'!A0",
  '@SUM(1+1)',
  '\t',
  '\r',
  '\n',
  '\r\n',
  '"',
  '""',
  "'",
  '`',
  ',',
  ';',
  '|',
  '\\',
  '\\,',
  '\\n',
  '\u0000',
  '\u001b[31m',
  '\u007f',
  '\u0085',
  '\u2028',
  '\u2029',
  '\u202e',
  '\u2066',
  '\u200b',
  '\u200f',
  '\ufeff',
  '\ud800',
  '\udfff',
  '\uff1d',
  '\uff20',
  '../',
  '../../x',
  '/',
  '//',
  '..\\',
  '%2e%2e%2f',
  '#',
  '?',
  '&',
  '%00',
  '${x}',
  '{{x}}',
  '<script>',
  ']]>',
  '&amp;',
  '{"a":1}',
  '[]',
  'null',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  ' ',
  '   ',
  '\u00a0',
  '\u3000',
  'a',
  'Z',
  '7',
  '\u00e9',
  'e\u0301',
  '👩‍👩‍👧',
  '𠜎',
  'ﬁ',
  'İ',
  '[FAILED] Line Number 1 - x',
  '$.a',
  "States.Format('{}')",
];

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .array(fc.constantFrom(...HOSTILE_PIECES), { minLength: 1, maxLength: 6 })
      .map((pieces) => pieces.join('')),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'v'.repeat(2_048),
      '漢'.repeat(2_048),
      '='.repeat(2_048),
      '\\,'.repeat(1_024),
      '"'.repeat(2_048),
    ),
  },
);

/** As Cognito takes names (service model, UsernameType and GroupNameType): no white space, no control characters. */
export const hostileName: fc.Arbitrary<string> = hostileText
  .map((text) =>
    [...text]
      .filter((character) => /^[\p{L}\p{M}\p{S}\p{N}\p{P}]$/u.test(character))
      .join('')
      .slice(0, 60),
  )
  .filter((text) => text.length > 0 && !/\p{Cs}/u.test(text));
/** As Cognito takes attribute values: any text up to 2,048 characters; halves of characters do not survive UTF-8. */
export const hostileValue: fc.Arbitrary<string> = hostileText
  .map((text) =>
    [...text]
      .filter((character) => !/\p{Cs}/u.test(character))
      .join('')
      .slice(0, 2_048),
  )
  .filter((text) => text.length > 0 && !/\p{Cs}/u.test(text));
