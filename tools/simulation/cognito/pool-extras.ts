import { CognitoException } from './exception.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What an operation is given, and whether the pool has a client of that id. */
interface Asked {
  readonly input: Fields;
  readonly now: Date;
  readonly newId: () => string;
}

interface Extras {
  readonly branding: Map<string, Fields>;
  readonly risk: Map<string, Fields>;
  readonly terms: Map<string, Fields>;
  logs: readonly unknown[];
}

/** Twenty styles are in a pool (Cognito's quotas), and two kinds of terms are known to a client. */
const MOST_STYLES = 20;
const TERMS_NAMES = ['terms-of-use', 'privacy-policy'];

/**
 * Managed login branding, threat protection, log delivery and terms of pools, by the documentation of their operations: what
 * is set, shown and refused. Dates are Dates. Pools are named by any text; that they and their clients exist is the business
 * of whoever simulates them.
 */
export class PoolExtras {
  readonly #pools = new Map<string, Extras>();

  constructor(
    private readonly now: () => number,
    private readonly newId: () => string,
  ) {}

  /** @throws CognitoException */
  call(pool: string, operation: ExtraOperation, input: Fields): Fields {
    const extras = this.#pools.get(pool) ?? { branding: new Map(), risk: new Map(), terms: new Map(), logs: [] };
    this.#pools.set(pool, extras);
    return OPERATIONS[operation](extras, { input, now: new Date(this.now()), newId: this.newId });
  }
}

/** True for an operation that PoolExtras answers. */
export const isExtraOperation = (operation: string): operation is ExtraOperation =>
  Object.hasOwn(OPERATIONS, operation);
/** True for one that is about an app client, which has to exist. */
export const asksForClient = (operation: ExtraOperation): boolean => /^Create|ByClient$/.test(operation);

const OPERATIONS = {
  CreateManagedLoginBranding: ({ branding }, { input, now, newId }) => {
    requireOneStyle(input);
    if ([...branding.values()].some(({ ClientId }) => ClientId === input.ClientId))
      throw new CognitoException('ManagedLoginBrandingExistsException', 'The client has a style already.');
    if (branding.size >= MOST_STYLES) throw new CognitoException('LimitExceededException', 'Too many styles.');
    const id = newId();
    const { UseCognitoProvidedValues = false } = input;
    const style = { ...input, ManagedLoginBrandingId: id, UseCognitoProvidedValues, ...created(now) };
    branding.set(id, style);
    return { ManagedLoginBranding: styleShown(style) };
  },
  UpdateManagedLoginBranding: ({ branding }, { input, now }) => {
    requireOneStyle(input);
    const before = found(branding, input.ManagedLoginBrandingId);
    const style = { ...before, ...input, LastModifiedDate: now };
    branding.set(String(input.ManagedLoginBrandingId), style);
    return { ManagedLoginBranding: styleShown(style) };
  },
  DescribeManagedLoginBranding: ({ branding }, { input }) => ({
    ManagedLoginBranding: styleShown(found(branding, input.ManagedLoginBrandingId)),
  }),
  DescribeManagedLoginBrandingByClient: ({ branding }, { input }) => ({
    ManagedLoginBranding: styleShown(
      [...branding.values()].find(({ ClientId }) => ClientId === input.ClientId) ?? missing(),
    ),
  }),
  DeleteManagedLoginBranding: ({ branding }, { input }) => {
    found(branding, input.ManagedLoginBrandingId);
    branding.delete(String(input.ManagedLoginBrandingId));
    return {};
  },
  SetRiskConfiguration: ({ risk }, { input, now }) => {
    const configuration = { ...input, LastModifiedDate: now };
    risk.set(clientOf(input), configuration);
    return { RiskConfiguration: configuration };
  },
  /** Of a client that has none of its own, the pool's. */
  DescribeRiskConfiguration: ({ risk }, { input }) => ({
    RiskConfiguration: risk.get(clientOf(input)) ?? risk.get('') ?? { UserPoolId: input.UserPoolId },
  }),
  SetLogDeliveryConfiguration: (extras, { input }) => {
    extras.logs = input.LogConfigurations as readonly unknown[];
    return logDelivery(extras, input);
  },
  GetLogDeliveryConfiguration: (extras, { input }) => logDelivery(extras, input),
  CreateTerms: ({ terms }, { input, now, newId }) => {
    const { ClientId, TermsName, Links } = input;
    refuseUnless(TERMS_NAMES.includes(String(TermsName)), 'TermsName has to be terms-of-use or privacy-policy.');
    refuseUnless('cognito:default' in ((Links ?? {}) as object), 'Links needs a link for cognito:default.');
    if ([...terms.values()].some((one) => one.ClientId === ClientId && one.TermsName === TermsName))
      throw new CognitoException('TermsExistsException', 'The client has terms of that name already.');
    const id = newId();
    const made = { ...input, TermsId: id, ...created(now) };
    terms.set(id, made);
    return { Terms: made };
  },
  ListTerms: ({ terms }, { input }) => {
    const [from, size] = [Number(input.NextToken ?? 0), Number(input.MaxResults ?? 60)];
    const all = [...terms.values()];
    const page = all
      .slice(from, from + size)
      .map(({ TermsId, TermsName, Enforcement, CreationDate, LastModifiedDate }) => ({
        TermsId,
        TermsName,
        Enforcement,
        CreationDate,
        LastModifiedDate,
      }));
    return { Terms: page, ...(from + size < all.length ? { NextToken: String(from + size) } : {}) };
  },
  DescribeTerms: ({ terms }, { input }) => ({ Terms: found(terms, input.TermsId) }),
  UpdateTerms: ({ terms }, { input, now }) => {
    const changed = { ...found(terms, input.TermsId), ...input, LastModifiedDate: now };
    terms.set(String(input.TermsId), changed);
    return { Terms: changed };
  },
  DeleteTerms: ({ terms }, { input }) => {
    found(terms, input.TermsId);
    terms.delete(String(input.TermsId));
    return {};
  },
} as const satisfies Readonly<Record<string, (extras: Extras, asked: Asked) => Fields>>;
/** Name of an operation. */
export type ExtraOperation = keyof typeof OPERATIONS;

const logDelivery = ({ logs }: Extras, { UserPoolId }: Fields): Fields => ({
  LogDeliveryConfiguration: { UserPoolId, LogConfigurations: logs },
});
const created = (now: Date) => ({ CreationDate: now, LastModifiedDate: now });
const clientOf = ({ ClientId = '' }: Fields): string => ClientId as string;

/** No style says whose it is. */
const styleShown = ({ ClientId: _clientId, ReturnMergedResources: _merged, ...style }: Fields): Fields => style;

function requireOneStyle({ UseCognitoProvidedValues, Settings, Assets }: Fields): void {
  refuseUnless(
    UseCognitoProvidedValues !== true || (Settings === undefined && Assets === undefined),
    'A style has either the values of Cognito or values of its own.',
  );
}

function refuseUnless(allowed: boolean, message: string): void {
  if (!allowed) throw new CognitoException('InvalidParameterException', message);
}

const found = (entries: ReadonlyMap<string, Fields>, id: unknown): Fields => entries.get(String(id)) ?? missing();

function missing(): never {
  throw new CognitoException('ResourceNotFoundException', 'It does not exist.');
}
