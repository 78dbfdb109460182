/** `12,345` */
export const number = (value: unknown): string => (typeof value === 'number' ? value.toLocaleString('en-US') : '?');

/** `1 user`, `2 users` */
export const counted = (value: unknown, thing: string): string =>
  `${number(value)} ${value === 1 ? thing : `${thing}s`}`;

/** `1 user is`, `2 users are` */
export const countedAs = (
  value: number,
  thing: string,
  [one, several]: readonly [one: string, several: string],
): string => `${counted(value, thing)} ${value === 1 ? one : several}`;
