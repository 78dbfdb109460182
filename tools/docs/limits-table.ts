import * as v from 'valibot';
import { parse } from 'yaml';

const text = v.pipe(v.string(), v.nonEmpty());
const proofShape = v.union([
  v.strictObject({ test: text, title: text }),
  v.strictObject({ script: text, arguments: v.exactOptional(text) }),
]);
/** What proves a cell: a test of `npm test`, or an npm script that is run apart from it. */
export type Proof = v.InferOutput<typeof proofShape>;

const limitsShape = v.array(
  v.strictObject({
    feature: text,
    ours: text,
    recovery: text,
    replication: text,
    retired: text,
    proofs: v.pipe(v.array(proofShape), v.nonEmpty()),
  }),
);
/** A line of the table in docs/limits.md. */
export type Limit = v.InferOutput<typeof limitsShape>[number];

/** Reads test/limits.yaml. @throws Error that says what is wrong in it */
export const readLimits = (yaml: string): readonly Limit[] => v.parse(limitsShape, parse(yaml));

const HEAD = [
  'what happened',
  'this product',
  "AWS's point-in-time recovery",
  'multi-Region replication',
  'the retired solution',
  'proved by',
];

/** The table as Markdown. */
export const limitsTable = (limits: readonly Limit[]): string =>
  [
    HEAD,
    HEAD.map(() => '---'),
    ...limits.map(({ feature, ours, recovery, replication, retired, proofs }) => [
      ...[feature, ours, recovery, replication, retired].map(escapedCell),
      escapedCell(proofs.map(proofText).join('; ')),
    ]),
  ]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

/** A bar would end the cell. */
const escapedCell = (cell: string): string => cell.replaceAll('|', '\\|');

const proofText = (proof: Proof): string =>
  'test' in proof
    ? `\`${proof.test}\`: ${proof.title}`
    : `\`${commandOf(proof)}\`, which is run apart from \`npm test\``;

const commandOf = ({ script, arguments: given }: Extract<Proof, { readonly script: string }>): string =>
  `npm run ${script}${given === undefined ? '' : ` -- ${given}`}`;

/** What the sources hold. */
export interface ProofSources {
  /** The text of a file from the root of the repository; undefined where there is none. */
  readonly read: (path: string) => string | undefined;
  /** Names of the scripts in package.json. */
  readonly scripts: readonly string[];
}

/** A test by its literal title, and one that is left out. */
const TEST = /\b(?:it|step)(\.skip|\.only)?\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`([^`$]*)`)/g;
const LEFT_OUT = /\b(?:describe|it|step|context)\.(?:skip|only)\(/;

/** Proofs that the sources do not have, one sentence each: no such file, title or script, or a test that is left out. */
export const missingProofs = (limits: readonly Limit[], { read, scripts }: ProofSources): string[] =>
  limits.flatMap(({ feature, proofs }) =>
    proofs.flatMap((proof) => {
      const why = 'test' in proof ? whyNoTest(proof, read(proof.test)) : whyNoScript(proof, scripts);
      return why === undefined ? [] : [`"${feature}": ${why}`];
    }),
  );

function whyNoTest(
  { test, title }: Extract<Proof, { readonly test: string }>,
  source: string | undefined,
): string | undefined {
  if (!/^test\/(?:unit|property|asl|templates|local)\/.+\.spec\.ts$/.test(test))
    return `${test} is no specification that npm test runs`;
  if (source === undefined) return `there is no ${test}`;
  const titles = [...source.matchAll(TEST)].map(([, , one, two, three]) =>
    (one ?? two ?? three ?? '').replaceAll(/\\(.)/g, '$1'),
  );
  if (!titles.includes(title)) return `${test} has no test "${title}"`;
  return LEFT_OUT.test(source) ? `${test} leaves tests out (skip, only)` : undefined;
}

const whyNoScript = (
  { script }: Extract<Proof, { readonly script: string }>,
  scripts: readonly string[],
): string | undefined => (scripts.includes(script) ? undefined : `package.json has no script "${script}"`);
