/** `12,345` */
export const number = (value: unknown): string => (typeof value === 'number' ? value.toLocaleString('en-US') : '?');

/** `1 user`, `2 users` */
export const counted = (value: unknown, thing: string): string =>
  `${number(value)} ${value === 1 ? thing : /(?:ch|x|s)$/.test(thing) ? `${thing}es` : `${thing.replace(/([^aeou])y$/, '$1ie')}s`}`;

/** `all 12 users`, and where there is one `the 1 user` */
export const countedAll = (value: unknown, thing: string): string =>
  `${value === 1 ? 'the' : 'all'} ${counted(value, thing)}`;

/** `1 user is`, `2 users are` */
export const countedAs = (
  value: number,
  thing: string,
  [one, several]: readonly [one: string, several: string],
): string => `${counted(value, thing)} ${value === 1 ? one : several}`;

/** `12 users restored`, and for one `1 user restored`: noun and verb at the beginning of the words follow the number. */
export function countedWords(value: unknown, words: string): string {
  return `${number(value)} ${value === 1 ? words.replace(PLURAL, inSingular) : words}`;
}

/** The noun that is counted, and the first verb behind it that belongs to it. */
const PLURAL =
  /^(of the users|users|groups|memberships|import jobs)\b([^:;]*?)(?: (were|are|differ|have)\b|(?=[:;]|$))/;
const VERBS: Readonly<Record<string, string>> = { were: 'was', are: 'is', differ: 'differs', have: 'has' };
const inSingular = (_all: string, noun: string, between: string, verb: string | undefined): string =>
  `${noun.startsWith('of ') ? noun : noun.slice(0, -1)}${between}${verb === undefined ? '' : ` ${VERBS[verb] ?? verb}`}`;
