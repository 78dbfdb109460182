import * as v from 'valibot';
import { Halt } from '../errors.ts';
import type { ImportOptions } from '../import/plan/plan-model.ts';
import { assertPoolId } from '../import/preflight/pool-id.ts';
import type { VerifyOptions } from '../verify/verify-event.ts';

/** What a start of ExportWorkflow may ask for; defaults filled in. */
export interface ExportOptions {
  /** Deletes also what the mass-delete guard would refuse. */
  readonly allowMassDelete: boolean;
  /** Overwrites also what the mass-change guard would refuse. */
  readonly allowMassChange: boolean;
  /** Exports a pool whose recovery by AWS was left to AWS Support, and is settled by now whatever its status says. */
  readonly allowUnsettledRecovery?: true;
  /** Who started it: `Schedule`, `Launch`, or what the operator gave. */
  readonly trigger?: string;
}

const flag = v.boolean('true or false, without quotes');
const text = (expected: string, pattern: RegExp) => v.pipe(v.string(expected), v.regex(pattern, expected));
const wholeNumber = (min: number, max: number) => {
  const expected = `a whole number from ${min} to ${max}, without quotes`;
  return v.pipe(v.number(expected), v.integer(expected), v.minValue(min, expected), v.maxValue(max, expected));
};

/** The Step Functions console starts an execution with this key unless the input is replaced. */
const CONSOLE_DEFAULT = 'Comment';

const trigger = text('text of at most 40 letters, digits, blanks, dots, dashes or underscores', /^[\w .-]{1,40}$/);

const EXPORT_KEYS = {
  AllowMassDelete: flag,
  AllowMassChange: flag,
  Trigger: trigger,
  AllowUnsettledRecovery: flag,
};

const VERIFY_KEYS = {
  UserPoolId: text('the id of a user pool as text', /^[\w-]{1,55}$/),
  Percent: wholeNumber(1, 100),
  Trigger: trigger,
  CognitoTPS: wholeNumber(1, 25),
};

const IMPORT_KEYS = {
  NewUserPoolId: text('the id of the new, empty user pool as text', /./s),
  AllowSourcePool: flag,
  AllowTriggers: flag,
  RestoreUnconfirmed: flag,
  AcceptIncomplete: flag,
  RecreateMissing: flag,
  DryRun: flag,
  CognitoTPS: wholeNumber(1, 25),
  BackupTableName: text('the name of a DynamoDB table', /^[\w.-]{3,255}$/),
  ExportRun: text('the id of an export run, such as 20260301T000000Z-0a1b2c3d', /^\d{8}T\d{6}Z-[0-9a-f]{8}$/),
};

/** What a key may hold; the messages of its schema say what is allowed. */
type Kinds = Readonly<Record<string, v.GenericSchema>>;
type Parsed<S extends Kinds> = { readonly [K in keyof S]?: v.InferOutput<S[K]> };

/**
 * The input of ExportWorkflow; `{}` is fine.
 * @throws Halt InvalidInput that names the key, what was found and what is allowed
 */
export function parseExportInput(input: unknown): ExportOptions {
  const {
    AllowMassDelete = false,
    AllowMassChange = false,
    AllowUnsettledRecovery = false,
    Trigger,
  } = parseKeys('ExportWorkflow', input, EXPORT_KEYS);
  return {
    allowMassDelete: AllowMassDelete,
    allowMassChange: AllowMassChange,
    ...(AllowUnsettledRecovery ? { allowUnsettledRecovery: true } : {}),
    ...(Trigger === undefined ? {} : { trigger: Trigger }),
  };
}

/**
 * The input of ImportWorkflow in `region`.
 * @throws Halt InvalidInput; InvalidNewUserPoolId when the pool's id is missing, malformed, or of another Region
 */
export function parseImportInput(input: unknown, region: string): ImportOptions {
  const { NewUserPoolId, CognitoTPS, BackupTableName, ExportRun, ...flags } = parseKeys(
    'ImportWorkflow',
    input,
    IMPORT_KEYS,
  );
  if (NewUserPoolId === undefined) {
    throw new Halt(
      'InvalidNewUserPoolId',
      `The input of ImportWorkflow has no NewUserPoolId. Create an empty user pool in ${region} and start the workflow with {"NewUserPoolId": "${region}_AbCdEfGhI"}, its id in place of the example.`,
    );
  }
  assertPoolId(NewUserPoolId, region);
  return {
    newUserPoolId: NewUserPoolId,
    allowSourcePool: flags.AllowSourcePool ?? false,
    allowTriggers: flags.AllowTriggers ?? false,
    restoreUnconfirmed: flags.RestoreUnconfirmed ?? false,
    acceptIncomplete: flags.AcceptIncomplete ?? false,
    dryRun: flags.DryRun ?? false,
    ...(flags.RecreateMissing === undefined ? {} : { recreateMissing: flags.RecreateMissing }),
    ...(CognitoTPS === undefined ? {} : { cognitoTps: CognitoTPS }),
    ...(BackupTableName === undefined ? {} : { backupTableName: BackupTableName }),
    ...(ExportRun === undefined ? {} : { exportRun: ExportRun }),
  };
}

/**
 * The input of VerifyWorkflow in `region`; `{}` is fine.
 * @throws Halt InvalidInput, also when UserPoolId is not the id of a pool of this Region
 */
export function parseVerifyInput(input: unknown, region: string): VerifyOptions {
  const { UserPoolId, Percent = 100, Trigger, CognitoTPS } = parseKeys('VerifyWorkflow', input, VERIFY_KEYS);
  if (UserPoolId !== undefined && !UserPoolId.startsWith(`${region}_`)) {
    throw new Halt(
      'InvalidInput',
      `The input of VerifyWorkflow gives a UserPoolId that is no pool of ${region}. Compare a pool with the VerifyWorkflow of its own Region, by its id, such as ${region}_AbCdEfGhI.`,
    );
  }
  return {
    percent: Percent,
    ...(UserPoolId === undefined ? {} : { userPoolId: UserPoolId }),
    ...(Trigger === undefined ? {} : { trigger: Trigger }),
    ...(CognitoTPS === undefined ? {} : { cognitoTps: CognitoTPS }),
  };
}

function parseKeys<S extends Kinds>(workflow: string, input: unknown, kinds: S): Parsed<S> {
  const allowed = Object.keys(kinds).join(', ');
  const refuse = (problem: string): never => {
    throw new Halt('InvalidInput', `The input of ${workflow} ${problem}. Correct it and start the workflow again.`);
  };
  if (input === null || typeof input !== 'object' || Array.isArray(input))
    return refuse(`must be a JSON object, but is ${kindOf(input)}; allowed keys: ${allowed}`);
  const parsed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(input)) {
    if (key === CONSOLE_DEFAULT) continue;
    const kind = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
    if (kind === undefined)
      return refuse(`has an unknown key${spelling(key, Object.keys(kinds))}; allowed keys: ${allowed}`);
    const result = v.safeParse(kind, value);
    if (!result.success) return refuse(`must give ${key} as ${result.issues[0].message}, but gives ${kindOf(value)}`);
    parsed[key] = result.output;
  }
  return parsed;
}

/** The kind of a value, without the value: whatever was typed there does not belong into messages. */
function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return value === '' ? 'empty text' : 'other text';
  if (typeof value === 'number') return Math.abs(value) < 10_000 ? `the number ${value}` : 'a large number';
  return typeof value === 'boolean' ? `${value}` : typeof value === 'object' ? 'an object' : 'nothing';
}

const letters = (key: string): string => key.toLowerCase().replaceAll(/[^a-z]/g, '');

/** The key itself is not repeated either: somebody's name could have been typed in its place. */
function spelling(key: string, allowed: readonly string[]): string {
  const meant = allowed.find((candidate) => letters(candidate) === letters(key));
  return meant === undefined ? '' : ` (is ${meant} meant? Upper and lower case matter)`;
}
