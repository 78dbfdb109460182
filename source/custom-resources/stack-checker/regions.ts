/** Is the backup Region one that this account can use, and does it have what a restore needs there? */
import { isDenied, NO_ANSWER } from '../../adapters/service-errors.ts';

/** Codes with which AWS refuses credentials in a Region that the account has not enabled. */
const NOT_ENABLED = new Set([
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidAccessKeyId',
  'AuthFailure',
  'OptInRequired',
]);
/** Names and codes of an endpoint that does not exist or does not answer. */
const NO_ENDPOINT = new Set([...NO_ANSWER, 'EndpointError']);

/** A service that a restore needs in the Region where it runs. */
export interface RegionalService {
  /** As AWS writes it. */
  readonly name: string;
  /** Any request to it in that Region; rejects with the error that AWS or the network gives. */
  readonly call: (region: string) => Promise<unknown>;
}

/** Throws an Error that says what is wrong with that Region, or which services it lacks, and what to do. */
export async function checkSecondaryRegion(
  secondaryRegion: string,
  thisRegion: string,
  services: readonly RegionalService[],
): Promise<void> {
  if (secondaryRegion === thisRegion) {
    throw new Error(
      `SecondaryRegion ${secondaryRegion} is the Region of this stack. Give another Region: the backup must survive the loss of this one.`,
    );
  }
  const answers = await Promise.all(services.map((service) => refusalOf(service, secondaryRegion)));
  const refused = answers.filter((answer) => answer !== undefined);
  const [first] = refused;
  if (first === undefined) return;
  // What every service answers is the Region's doing.
  if (refused.length === services.length)
    throw new Error(`SecondaryRegion ${secondaryRegion} ${explainRegion(first.error)}`, { cause: first.error });
  throw new Error(
    `SecondaryRegion ${secondaryRegion} cannot be used for a restore: ${refused.map(({ name, error }) => `${name} ${explainService(error)}`).join('; ')}. Allow what is refused, or choose another backup Region, and launch again.`,
    { cause: first.error },
  );
}

async function refusalOf(
  { name, call }: RegionalService,
  region: string,
): Promise<{ readonly name: string; readonly error: unknown } | undefined> {
  try {
    await call(region);
    return undefined;
  } catch (error) {
    return { name, error };
  }
}

type Kind = 'notEnabled' | 'denied' | 'noAnswer' | 'other';

/** What an error tells, and the name or code to show for it. */
function kindOf(error: unknown): { readonly kind: Kind; readonly found: string } {
  const { name, code = '' } = error instanceof Error ? (error as Error & { code?: string }) : { name: typeof error };
  const found = code === '' ? name : code;
  if (NOT_ENABLED.has(name)) return { kind: 'notEnabled', found };
  if (isDenied(error) || name === 'UnauthorizedOperation') return { kind: 'denied', found };
  if (NO_ENDPOINT.has(name) || NO_ENDPOINT.has(code)) return { kind: 'noAnswer', found };
  return { kind: 'other', found };
}

function explainRegion(error: unknown): string {
  const { kind, found } = kindOf(error);
  return {
    notEnabled: `is not enabled in this account (${found}). Enable it in the account's settings and launch again.`,
    denied: `refuses calls of this account (${found}). Allow the Region in the organization's policies and launch again.`,
    noAnswer: `does not answer (${found}). Check that a Region of that name exists, and launch again.`,
    other: `could not be checked (${found}). Launch again; if that does not help, check the Region's status.`,
  }[kind];
}

function explainService(error: unknown): string {
  const { kind, found } = kindOf(error);
  return {
    notEnabled: `does not know this account (${found})`,
    denied: `refuses calls of this account (${found})`,
    noAnswer: `does not answer (${found}): perhaps the Region does not offer it`,
    other: `could not be checked (${found})`,
  }[kind];
}
