/** What belongs to a pool and its app clients beside them: looks, terms, risk, logs. Each request is without the pool's id. */
import type { KeptSettings } from '../shape.ts';
import { isNothing, membersOf, only, whyNotHere, without, written } from './omissions.ts';
import type { ApiObject, Omission, Recreation, RecreateOptions } from './omissions.ts';

/** A request has at most 2 MB (CreateManagedLoginBranding); base64 and the rest of it need their room. */
const MOST_ASSET_CHARACTERS = 1_500_000;

/** A style of managed login: what makes it, and what adds the assets that do not fit in one request. */
export interface StyleRequests {
  readonly create: ApiObject;
  /** `Assets` for UpdateManagedLoginBranding, which keeps what is not in it. */
  readonly more: readonly (readonly ApiObject[])[];
}

/**
 * The requests for a client's style. Bytes of assets are base64, as they are kept.
 * @param there the style that the client has already; only assets that it lacks are added then
 */
export function styleRequests(
  style: ApiObject,
  { clientId, there }: { readonly clientId: string; readonly there?: ApiObject | undefined },
): StyleRequests {
  const create = { ClientId: clientId };
  if (style['UseCognitoProvidedValues'] === true)
    return { create: { ...create, UseCognitoProvidedValues: true }, more: [] };
  const settings = only(style, ['Settings']);
  const known = new Set(assetsOf(there).map(placeOf));
  const assets = assetsOf(style).filter((asset) => !known.has(placeOf(asset)));
  if (there !== undefined)
    return { create, more: inParts(assets, MOST_ASSET_CHARACTERS).filter(({ length }) => length > 0) };
  const [first = [], ...more] = inParts(assets, MOST_ASSET_CHARACTERS - JSON.stringify(settings).length);
  return { create: { ...create, ...settings, ...(first.length === 0 ? {} : { Assets: first }) }, more };
}

const assetsOf = (style: ApiObject | undefined): readonly ApiObject[] =>
  Array.isArray(style?.['Assets']) ? style['Assets'].map(membersOf) : [];
const placeOf = ({ Category, ColorMode }: ApiObject): string => JSON.stringify([Category, ColorMode]);

function inParts(assets: readonly ApiObject[], roomOfFirst: number): ApiObject[][] {
  const parts: ApiObject[][] = [[]];
  let room = roomOfFirst;
  for (const asset of assets) {
    const { length } = JSON.stringify(asset);
    if (length > room) {
      parts.push([]);
      room = MOST_ASSET_CHARACTERS;
    }
    parts.at(-1)?.push(asset);
    room -= length;
  }
  return parts;
}

/** The request for CreateTerms. */
export const termsRequest = (terms: ApiObject, clientId: string): ApiObject => ({
  ClientId: clientId,
  ...only(terms, ['TermsName', 'TermsSource', 'Enforcement', 'Links']),
});

/** The request for SetRiskConfiguration, of a client or of the pool. What tells users by mail needs the SES identity. */
export function riskRequest(
  risk: KeptSettings['risk'][number],
  { settings, options }: { readonly settings: KeptSettings; readonly options: RecreateOptions },
): Recreation {
  const path = risk.ClientId === undefined ? 'risk' : `risk[${risk.ClientId}]`;
  const takeover = written(membersOf(risk['AccountTakeoverRiskConfiguration']));
  const request = written(only(risk, ['CompromisedCredentialsRiskConfiguration', 'RiskExceptionConfiguration']));
  if (isNothing(takeover)) return { request, omissions: [] };
  const problem = isNothing(takeover['NotifyConfiguration']) ? undefined : whyNotHere(settings, options);
  if (problem === undefined)
    return { request: { ...request, AccountTakeoverRiskConfiguration: takeover }, omissions: [] };
  const actions = membersOf(takeover['Actions']);
  const silent = Object.fromEntries(
    Object.entries(actions).map(([name, action]) => [name, { ...membersOf(action), Notify: false }]),
  );
  const setting = `${path}.AccountTakeoverRiskConfiguration`;
  const why = `It needs the SES identity, which is left out, too. ${problem}`;
  return {
    request: {
      ...request,
      AccountTakeoverRiskConfiguration: { ...without(takeover, ['NotifyConfiguration']), Actions: silent },
    },
    omissions: [
      { setting: `${setting}.NotifyConfiguration`, why },
      ...Object.keys(actions).map((name) => ({ setting: `${setting}.Actions.${name}.Notify`, why })),
    ],
  };
}

/** The request for SetLogDeliveryConfiguration: log groups, buckets and streams are named by their Region. */
export function logRequest(
  settings: KeptSettings,
  options: RecreateOptions,
): { readonly request: ApiObject | undefined; readonly omissions: readonly Omission[] } {
  const configurations = settings.logDelivery?.['LogConfigurations'];
  if (isNothing(configurations)) return { request: undefined, omissions: [] };
  const problem = whyNotHere(settings, options);
  return problem === undefined
    ? { request: { LogConfigurations: configurations }, omissions: [] }
    : { request: undefined, omissions: [{ setting: 'logDelivery', why: problem }] };
}
