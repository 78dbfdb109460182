import type { Forward } from './forward.ts';
import type { AwsCredentials } from './types.ts';

/** A role session as MiniStack knows it. */
export interface Caller {
  /** The session's name; for Lambda functions the function's name. */
  readonly name: string;
  /** The account of the role. */
  readonly account: string;
  readonly credentials: AwsCredentials;
}

/** Finds the role session behind an access key, by asking MiniStack once per key; undefined for keys of users and accounts. */
export type CallerOf = (accessKeyId: string | undefined) => Promise<Caller | undefined>;

export function callersFrom(forward: Forward): CallerOf {
  const known = new Map<string, Promise<Caller | undefined>>();
  return (accessKeyId) => {
    if (!accessKeyId?.startsWith('ASIA')) return Promise.resolve(undefined);
    let asked = known.get(accessKeyId);
    if (asked === undefined) {
      asked = ask(forward, accessKeyId);
      known.set(accessKeyId, asked);
      // A key that is not known yet may be registered a moment later; failures are asked again, too.
      void asked.then(
        (caller) => {
          if (caller === undefined) known.delete(accessKeyId);
        },
        () => known.delete(accessKeyId),
      );
    }
    return asked;
  };
}

async function ask(forward: Forward, accessKeyId: string): Promise<Caller | undefined> {
  const response = await forward({
    method: 'GET',
    pathAndQuery: `/_local/caller?key=${encodeURIComponent(accessKeyId)}`,
    headers: { host: '127.0.0.1' },
    body: Buffer.alloc(0),
  });
  const {
    arn,
    secret = '',
    token = '',
  } = JSON.parse(response.body.toString('utf8')) as { arn?: string; secret?: string; token?: string };
  // arn:aws:sts::<account>:assumed-role/<role>/<session>
  const name = arn?.split('/').at(-1);
  const account = arn?.split(':')[4];
  return name === undefined || account === undefined
    ? undefined
    : { name, account, credentials: { accessKeyId, secretAccessKey: secret, sessionToken: token } };
}

/** Kills the processes that run an invocation of a Lambda function, given its role session's name. */
export const killerOver =
  (forward: Forward) =>
  async (caller: string): Promise<void> => {
    await forward({
      method: 'POST',
      pathAndQuery: '/_local/kill-function',
      headers: { host: '127.0.0.1', 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify({ caller })),
    });
  };
