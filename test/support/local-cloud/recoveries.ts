import { signedHeaders } from '../../../tools/local-cloud/gateway/sigv4.ts';
import type { LocalCloud } from '../../../tools/local-cloud/index.ts';

interface Recovery {
  readonly RestoreId: string;
  readonly RestoreStatus: string;
}

/** An administrator's way to Cognito's own recoveries of a pool, for which the SDK has no commands. */
export function poolRecoveries(
  cloud: Pick<LocalCloud, 'endpoint' | 'credentials'>,
  region: string,
  UserPoolId: string,
): {
  readonly initiate: () => Promise<Recovery>;
  readonly start: (RestoreId: string) => Promise<Recovery>;
  readonly cancel: (RestoreId: string) => Promise<Recovery>;
} {
  const call = async (action: string, params: object): Promise<Recovery> => {
    const body = Buffer.from(JSON.stringify({ UserPoolId, ...params }));
    const headers = {
      host: new URL(cloud.endpoint).host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${action}PointInTimeRecovery`,
    };
    const request = { method: 'POST', pathAndQuery: '/', headers, body };
    const signed = await signedHeaders(request, 'cognito-idp', region, cloud.credentials, new Date());
    const response = await fetch(cloud.endpoint, { method: 'POST', headers: signed, body });
    const answer = (await response.json()) as { readonly Restoration?: Recovery; readonly __type?: string };
    if (answer.Restoration === undefined) throw new Error(`${action} was refused: ${answer.__type ?? response.status}`);
    return answer.Restoration;
  };
  return {
    initiate: () => call('Initiate', { RestoreTimestamp: Math.floor(Date.now() / 1_000) - 3_600 }),
    start: (RestoreId) => call('Start', { RestoreId }),
    cancel: (RestoreId) => call('Cancel', { RestoreId }),
  };
}
