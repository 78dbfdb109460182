import { gunzipSync } from 'node:zlib';

/** A text that must not be found, and what it is. */
export interface Canary {
  /** For instance `e-mail address` or `sub`. */
  readonly kind: string;
  readonly text: string;
}

/** A place that was searched: where it is, and all that it holds. */
export interface Place {
  readonly where: string;
  readonly text: string;
}

export interface Finding {
  readonly kind: string;
  readonly where: string;
  /** How the text was written there. */
  readonly form: string;
}

/** Credentials and tokens that are never to be written anywhere, whatever they belong to. */
const SECRETS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['presigned URL', /X-Amz-(Signature|Credential|Security-Token)/i],
  ['ResponseURL', /ResponseURL/i],
  ['web token', /\beyJ[\w-]{8,}\.[\w-]{8,}\./],
  ['upload address of an import job', /uploads\.invalid|PreSignedUrl"?\s*[:=]\s*"?http/i],
];

/** Base64 of a text shows one of three pictures, by where in the bytes it begins; the ends depend on the neighbours. */
function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    return encoded.slice(Math.ceil((shift * 8) / 6), encoded.length - ((shift + bytes.length) % 3 === 0 ? 0 : 1));
  });
}

/** Ways in which a text may be written, all in lower case but base64. */
function formsOf(text: string): { readonly form: string; readonly needle: string; readonly exact: boolean }[] {
  const json = JSON.stringify(text).slice(1, -1);
  const plain = [
    ['as it is', text],
    ['JSON', json],
    ['JSON in JSON', JSON.stringify(json).slice(1, -1)],
    ['URL-encoded', encodeURIComponent(text)],
    ['form-encoded', encodeURIComponent(text).replaceAll('%20', '+')],
    ['twice URL-encoded', encodeURIComponent(encodeURIComponent(text))],
    ['hex', Buffer.from(text).toString('hex')],
    ['XML', text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')],
    ['CSV', text.replaceAll(',', '\\,')],
  ] as const;
  return [
    ...plain.map(([form, needle]) => ({ form, needle: needle.toLowerCase(), exact: false })),
    ...base64Forms(text).flatMap((needle) => [
      { form: 'base64', needle, exact: true },
      { form: 'base64url', needle: needle.replaceAll('+', '-').replaceAll('/', '_'), exact: true },
    ]),
  ];
}

/** Looks for the canaries in every form, and for secrets of any kind. */
export class Search {
  readonly #needles: readonly {
    readonly kind: string;
    readonly form: string;
    readonly needle: string;
    readonly exact: boolean;
  }[];

  /** Texts of fewer than 8 characters would be found by chance. */
  constructor(canaries: readonly Canary[]) {
    for (const { kind, text } of canaries)
      if (text.length < 8) throw new Error(`a ${kind} of ${text.length} characters proves nothing`);
    const seen = new Set<string>();
    this.#needles = canaries
      .flatMap(({ kind, text }) => formsOf(text).map((form) => ({ kind, ...form })))
      .filter(({ needle }) => !seen.has(needle) && seen.add(needle) !== undefined);
  }

  in(places: readonly Place[]): Finding[] {
    return places.flatMap((place) => this.#inOne(place));
  }

  #inOne({ where, text }: Place): Finding[] {
    const findings: Finding[] = [];
    for (const view of views(text)) {
      const lower = view.toLowerCase();
      for (const { kind, form, needle, exact } of this.#needles)
        if ((exact ? view : lower).includes(needle)) findings.push({ kind, where, form });
      for (const [kind, pattern] of SECRETS) if (pattern.test(view)) findings.push({ kind, where, form: 'as it is' });
    }
    return findings;
  }
}

/** The text, and what compressed data in it (base64 of gzip) unpacks to. */
function views(text: string): string[] {
  const packed = text.match(/H4sI[A-Za-z0-9+/]{16,}={0,2}/g) ?? [];
  return [
    text,
    ...packed.flatMap((part) => {
      try {
        return [gunzipSync(Buffer.from(part, 'base64')).toString('utf8')];
      } catch {
        return [];
      }
    }),
  ];
}

/** One line per finding, without the text itself. */
export const findingsText = (findings: readonly Finding[]): string =>
  findings.map(({ kind, where, form }) => `${kind} (${form}) in ${where}`).join('\n');
