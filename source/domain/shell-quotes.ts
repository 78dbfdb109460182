/** The text in quotes, in which a POSIX shell takes it as one word and as it stands. */
export const inShellQuotes = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
