import type { SettingsOperation } from '../ports.ts';
import type { KeptClient, SettingsPart } from './shape.ts';

/** One thing that is asked of Cognito: one call, or all pages of one listing. */
export interface SettingsQuestion {
  /** The part that it belongs to, or that and which client, provider or terms: the id by which the answer is kept. */
  readonly id: string;
  readonly part: 'pool' | SettingsPart;
  readonly operation: SettingsOperation;
  readonly input: Readonly<Record<string, string>>;
  /** Member of the answer that holds it; absent: the whole answer. */
  readonly member?: string;
  /** Of a listing: its largest page. */
  readonly pageSize?: number;
}

/** What came back: Cognito's answer without secrets and volatile members, a listing as `items`; or the name of its error. */
export type SettingsAnswer = { readonly found: Readonly<Record<string, unknown>> } | { readonly refused: string };
/** Answers by the id of their question. */
export type SettingsAnswers = ReadonlyMap<string, SettingsAnswer>;

/** What of the last settings is taken over, because it was asked for lately or Cognito says that it did not change. */
export interface TakenOver {
  readonly client: (client: KeptClient) => boolean;
  readonly provider: (name: string, modified: unknown) => boolean;
  readonly terms: (id: string, modified: unknown) => boolean;
}

/** That there is nothing of the kind: no failure to read it. */
const NOTHING_THERE = new Set([
  'ResourceNotFoundException',
  'UserPoolAddOnNotEnabledException',
  'FeatureUnavailableInTierException',
]);
/** That nothing more of the part can be asked: the role may not, or the Region, the kind of pool or its plan does not offer it. */
const ENDS_PART =
  /^(AccessDenied|AuthorizationError|NotAuthorizedException|UnknownOperation|InvalidAction|Unsupported|OperationNotEnabled|FeatureUnavailable|UserPoolAddOnNotEnabled|KMS)/i;

/** True where the refusal means that something is there, or may be, and was not read. */
export const isLeftOut = (answer: SettingsAnswer): answer is { readonly refused: string } =>
  'refused' in answer && !NOTHING_THERE.has(answer.refused);

/** True where the refusal holds for everything of its part. */
export const endsPart = (answer: SettingsAnswer): answer is { readonly refused: string } =>
  'refused' in answer && ENDS_PART.test(answer.refused);

/** The part of a question's id. */
export const partOf = (id: string): string => id.split('/')[0] as string;

/** What was found; undefined where the question was refused or not asked. */
export function foundIn(answers: SettingsAnswers, id: string): Readonly<Record<string, unknown>> | undefined {
  const answer = answers.get(id);
  return answer !== undefined && 'found' in answer ? answer.found : undefined;
}

/** Entries of a listing. */
export const listedIn = (answers: SettingsAnswers, id: string): readonly Readonly<Record<string, unknown>>[] =>
  (foundIn(answers, id)?.items ?? []) as readonly Readonly<Record<string, unknown>>[];

/** All questions that are known by now: some answers bring more. Those of a part that ended are none any more. */
export function questionsFor(
  poolId: string,
  answers: SettingsAnswers,
  takenOver: TakenOver,
): readonly SettingsQuestion[] {
  const ofPool = { UserPoolId: poolId };
  const pool = foundIn(answers, 'pool');
  const clients = (listedIn(answers, 'clients') as readonly KeptClient[]).filter((client) => !takenOver.client(client));
  const providers = listedIn(answers, 'identityProviders').filter(
    ({ ProviderName, LastModifiedDate }) => !takenOver.provider(String(ProviderName), LastModifiedDate),
  );
  const terms = listedIn(answers, 'terms').filter(
    ({ TermsId, LastModifiedDate }) => !takenOver.terms(String(TermsId), LastModifiedDate),
  );
  const all: readonly SettingsQuestion[] = [
    { id: 'pool', part: 'pool', operation: 'DescribeUserPool', input: ofPool, member: 'UserPool' },
    { id: 'mfa', part: 'mfa', operation: 'GetUserPoolMfaConfig', input: ofPool },
    listing('clients', 'ListUserPoolClients', { ofPool, member: 'UserPoolClients', pageSize: 60 }),
    listing('resourceServers', 'ListResourceServers', { ofPool, member: 'ResourceServers', pageSize: 50 }),
    listing('identityProviders', 'ListIdentityProviders', { ofPool, member: 'Providers', pageSize: 60 }),
    listing('terms', 'ListTerms', { ofPool, member: 'Terms', pageSize: 60 }),
    {
      id: 'logDelivery',
      part: 'logDelivery',
      operation: 'GetLogDeliveryConfiguration',
      input: ofPool,
      member: 'LogDeliveryConfiguration',
    },
    { id: 'uiCustomization', ...OF_CLIENTS.uiCustomization, input: ofPool },
    { id: 'risk', ...OF_CLIENTS.risk, input: ofPool },
    ...domainQuestion('domain', pool?.Domain),
    ...domainQuestion('customDomain', pool?.CustomDomain),
    ...clients.flatMap(({ ClientId }) =>
      Object.values(OF_CLIENTS).map((question) => ({
        id: `${question.part}/${ClientId}`,
        ...question,
        input: { ...ofPool, ClientId },
      })),
    ),
    ...providers.map(({ ProviderName }) => ({
      id: `identityProviders/${String(ProviderName)}`,
      part: 'identityProviders' as const,
      operation: 'DescribeIdentityProvider' as const,
      input: { ...ofPool, ProviderName: String(ProviderName) },
      member: 'IdentityProvider',
    })),
    ...terms.map(({ TermsId }) => ({
      id: `terms/${String(TermsId)}`,
      part: 'terms' as const,
      operation: 'DescribeTerms' as const,
      input: { ...ofPool, TermsId: String(TermsId) },
      member: 'Terms',
    })),
  ];
  const ended = new Set([...answers].flatMap(([id, answer]) => (endsPart(answer) ? [partOf(id)] : [])));
  return all.filter(({ id, part }) => answers.has(id) || !ended.has(part));
}

/** Asked for each client; the listing of clients gives no dates. */
const OF_CLIENTS = {
  clients: { part: 'clients', operation: 'DescribeUserPoolClient', member: 'UserPoolClient' },
  uiCustomization: { part: 'uiCustomization', operation: 'GetUICustomization', member: 'UICustomization' },
  managedLoginBranding: {
    part: 'managedLoginBranding',
    operation: 'DescribeManagedLoginBrandingByClient',
    member: 'ManagedLoginBranding',
  },
  risk: { part: 'risk', operation: 'DescribeRiskConfiguration', member: 'RiskConfiguration' },
} as const satisfies Partial<Record<SettingsPart, Pick<SettingsQuestion, 'part' | 'operation' | 'member'>>>;

/** The parts that a look at a client consists of. */
export const CLIENT_PARTS: readonly string[] = Object.keys(OF_CLIENTS);

const listing = (
  part: SettingsPart,
  operation: SettingsOperation,
  {
    ofPool,
    ...rest
  }: { readonly ofPool: { readonly UserPoolId: string }; readonly member: string; readonly pageSize: number },
): SettingsQuestion => ({ id: part, part, operation, input: ofPool, ...rest });

const domainQuestion = (part: 'domain' | 'customDomain', domain: unknown): readonly SettingsQuestion[] =>
  typeof domain !== 'string' || domain === ''
    ? []
    : [{ id: part, part, operation: 'DescribeUserPoolDomain', input: { Domain: domain }, member: 'DomainDescription' }];
