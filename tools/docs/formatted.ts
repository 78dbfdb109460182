import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

/** A written document in the form that `npm test` expects of every document; `path` from the root of the repository. */
export async function formatted(path: string, text: string): Promise<string> {
  const file = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  return format(text, { ...(await resolveConfig(file)), filepath: file });
}
