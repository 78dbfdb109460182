/** How Cognito's messages call attributes that they do not call by name ("Invalid phone number format."). */
const PHRASES: Readonly<Record<string, RegExp>> = {
  email: /\be-?mail\b/i,
  phone_number: /\bphone[ _]?number\b/i,
  birthdate: /\bbirth ?date\b/i,
};

/**
 * Those of the attributes that were sent which Cognito's message names. The message itself can hold values: it is read for
 * nothing else, and goes nowhere.
 */
export function attributesNamedIn(error: unknown, sent: readonly string[]): string[] {
  const message = error instanceof Error ? error.message : '';
  // A flag is meant only by its own name: its address's name is part of it.
  const words = new Set(message.split(/[^\p{L}\p{M}\p{N}:_-]+/u).map((word) => word.replace(/:$/, '')));
  return sent.filter((name) => words.has(name) || PHRASES[name]?.test(message) === true);
}
