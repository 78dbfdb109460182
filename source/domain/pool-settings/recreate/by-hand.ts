import { inShellQuotes } from '../../shell-quotes.ts';
import type { KeptSettings } from '../shape.ts';
import { isNothing, membersOf, textsOf } from './omissions.ts';
import { secretOf } from './provider-request.ts';
import { verifiedAddresses } from './verification.ts';

/** What somebody has to do, since no call to Cognito does it or nobody but the operator knows what is needed. */
export interface HandTask {
  readonly what: string;
  /** In full sentences, or commands to type. */
  readonly how: readonly string[];
}

/** The pool that was made, and how. */
export interface NewPoolFacts {
  readonly poolId: string;
  readonly region: string;
  /** Undefined before it exists. */
  readonly arn?: string;
  readonly clientIds: ReadonlyMap<string, string>;
  readonly withClients: boolean;
}

/** Everything that remains, in the order in which it is best done. */
export function handTasks(settings: KeptSettings, pool: NewPoolFacts): readonly HandTask[] {
  return [
    ...providerSecrets(settings, pool),
    ...triggers(settings, pool),
    ...mail(settings, pool),
    ...sms(settings, pool),
    ...addresses(settings, pool),
    ...domains(settings, pool),
    ...redirects(settings, pool),
    ...clients(settings, pool),
    ...looks(settings),
    {
      what: 'Web ACL, replica, sessions, allowed clients of others (CIMD)',
      how: [
        'These are in no backup. If the old pool had an AWS WAF web ACL, a replica in another Region, session settings or CIMD policies, set them up for the new one.',
      ],
    },
    {
      what: 'Change in your application',
      how: [
        `The pool id: ${settings.poolId} is now ${pool.poolId}; with it the issuer and the signing keys of tokens (https://cognito-idp.${pool.region}.amazonaws.com/${pool.poolId}).`,
        'The ids and secrets of app clients. The sub of every user: sub-map.csv of the restore has old and new ones.',
        'Whatever names the old pool: identity pools, authorizers of API Gateway and AppSync, listener rules of load balancers, IAM policies, the functions of triggers.',
      ],
    },
    {
      what: 'After the restore',
      how: [
        'Groups are made by the restore. Users have to choose a new password, and enrol their authenticator apps and passkeys anew.',
      ],
    },
  ];
}

function providerSecrets({ identityProviders }: KeptSettings, { poolId, region }: NewPoolFacts): HandTask[] {
  const withSecret = identityProviders.filter(({ ProviderType }) => secretOf(ProviderType) !== undefined);
  if (withSecret.length === 0) return [];
  return [
    {
      what: 'Secrets of identity providers',
      how: [
        'No backup has them, so each provider was made with a random one: nobody signs in by it before you set the real one. ProviderDetails replaces all details, so give them all.',
        ...withSecret.map(
          ({ ProviderName, ProviderType }) =>
            `aws cognito-idp update-identity-provider --region ${region} --user-pool-id ${poolId} --provider-name ${inShellQuotes(ProviderName)} --provider-details '{...}' (${String(secretOf(ProviderType))})`,
        ),
      ],
    },
  ];
}

function triggers(settings: KeptSettings, { poolId, region, arn }: NewPoolFacts): HandTask[] {
  const functions = Object.entries(settings.triggers);
  if (functions.length === 0) return [];
  if (region !== settings.region)
    return [
      {
        what: 'Lambda triggers',
        how: [
          `Their functions lie in ${settings.region}: ${functions.map(([name]) => name).join(', ')}. Deploy them in ${region}, allow Cognito to invoke them for the new pool, and set them in the pool after the restore.`,
        ],
      },
    ];
  return [
    {
      what: 'Permissions of Lambda triggers',
      how: [
        'The functions are set in the new pool, but may not be invoked by it yet: until then sign-ups and sign-ins that need them fail.',
        ...[...new Set(functions.map(([, name]) => name))].map(
          (name, index) =>
            `aws lambda add-permission --region ${region} --function-name ${name} --statement-id ${poolId.replace('_', '-')}-${index + 1} --action lambda:InvokeFunction --principal cognito-idp.amazonaws.com --source-arn ${arn ?? '<ARN of the new pool>'}`,
        ),
        'While PreSignUp, CustomMessage or a custom sender is set, a restore leaves out users whom it would have to create one by one, unless it is started with --accept triggers.',
      ],
    },
  ];
}

function mail(settings: KeptSettings, { region }: NewPoolFacts): HandTask[] {
  const { SourceArn, From, ConfigurationSet } = membersOf(settings.pool['EmailConfiguration']);
  if (isNothing(SourceArn)) return [];
  const what = 'Mail identity (SES)';
  if (region === settings.region)
    return [
      { what, how: [`Check that ${text(SourceArn)} is still verified, and its sending policy names no old pool.`] },
    ];
  return [
    {
      what,
      how: [
        `The new pool sends Cognito's own mails until you verify the identity in SES of ${region} and set it in the pool: ${[
          SourceArn,
          From,
          ConfigurationSet,
        ]
          .filter((one) => !isNothing(one))
          .map(text)
          .join(', ')}. Then set the texts of mails, and MFA by e-mail, again.`,
      ],
    },
  ];
}

function sms(settings: KeptSettings, { region }: NewPoolFacts): HandTask[] {
  const configuration = membersOf(settings.pool['SmsConfiguration']);
  if (isNothing(configuration) || region === settings.region) return [];
  return [
    {
      what: 'SMS',
      how: [
        `The new pool sends no SMS until you set a role (it was ${text(configuration['SnsCallerArn'])}) with a Region in which SNS may send, and MFA by SMS again.`,
      ],
    },
  ];
}

/** `UpdateUserPool` sets what it is not given back: the console does not. */
function addresses(settings: KeptSettings, { region }: NewPoolFacts): HandTask[] {
  const kept = textsOf(settings.pool['AutoVerifiedAttributes']);
  const verified = verifiedAddresses(settings, { name: '', tags: {}, region });
  const what = 'Verified addresses';
  if (kept.length === 0)
    return [
      {
        what,
        how: [
          `The old pool verified no address by itself. The new one verifies ${verified.join()}, without which Cognito starts no import job: turn that off in the console after the restore.`,
        ],
      },
    ];
  if (kept.every((name) => verified.includes(name))) return [];
  return [
    {
      what,
      how: [
        `The new pool verifies ${verified.join()}, the old one ${kept.join(' and ')}. Before the restore give it the role for SMS and let it verify phone_number in the console: users who have verified only that are created one by one otherwise, which takes longer, and count as active.`,
      ],
    },
  ];
}

function domains({ pool }: KeptSettings, { poolId, region }: NewPoolFacts): HandTask[] {
  const { Domain, CustomDomain } = pool;
  const how = [
    ...(isNothing(Domain)
      ? []
      : [
          `A prefix is free once the old pool lost it (delete-user-pool-domain) or is gone: aws cognito-idp create-user-pool-domain --region ${region} --user-pool-id ${poolId} --domain ${text(Domain)}`,
        ]),
    ...(isNothing(CustomDomain)
      ? []
      : [
          `${text(CustomDomain)} belongs to one pool at a time and needs its certificate in us-east-1; then let its DNS record point to the new alias target (describe-user-pool-domain).`,
        ]),
  ];
  return how.length === 0 ? [] : [{ what: 'Domain', how }];
}

function redirects({ identityProviders, pool }: KeptSettings, { poolId }: NewPoolFacts): HandTask[] {
  if (identityProviders.length === 0) return [];
  const saml = identityProviders.filter(({ ProviderType }) => ProviderType === 'SAML');
  const others = identityProviders.filter(({ ProviderType }) => ProviderType !== 'SAML');
  const moved = isNothing(pool['CustomDomain']) ? '' : ' They stay as they are where the custom domain moves along.';
  return [
    {
      what: 'At the identity providers',
      how: [
        ...(others.length === 0
          ? []
          : [`${named(others)}: the redirect URL https://<domain of the new pool>/oauth2/idpresponse.${moved}`]),
        ...(saml.length === 0
          ? []
          : [
              `${named(saml)}: the ACS URL https://<domain of the new pool>/saml2/idpresponse, the audience urn:amazon:cognito:sp:${poolId}, and the new signing certificate (get-signing-certificate).`,
            ]),
      ],
    },
  ];
}

const named = (providers: KeptSettings['identityProviders']): string =>
  providers.map(({ ProviderName }) => ProviderName).join(', ');

function clients(
  { clients: kept }: KeptSettings,
  { withClients, clientIds, poolId, region }: NewPoolFacts,
): HandTask[] {
  if (kept.length === 0) return [];
  if (!withClients)
    return [
      {
        what: 'App clients',
        how: ['None were made: start the command again with --with-clients, or make them yourself.'],
      },
    ];
  const secrets = kept.filter(({ ClientId, GeneratedSecret }) => GeneratedSecret === true && clientIds.has(ClientId));
  if (secrets.length === 0) return [];
  return [
    {
      what: 'Secrets of app clients',
      how: [
        `${secrets.map(({ ClientName, ClientId }) => ClientName ?? ClientId).join(', ')}: each has a new secret, which your application needs: aws cognito-idp describe-user-pool-client --region ${region} --user-pool-id ${poolId} --client-id <id>`,
      ],
    },
  ];
}

function looks({ uiCustomization }: KeptSettings): HandTask[] {
  const images = uiCustomization.filter(({ ImageUrl }) => !isNothing(ImageUrl));
  return [
    ...(uiCustomization.length === 0
      ? []
      : [
          {
            what: 'Look of the classic hosted UI',
            how: [
              'Cognito takes it only for a pool with a domain: start the command again once the pool has one.',
              ...(images.length === 0 ? [] : ['Its logo is in no backup: upload it again.']),
            ],
          },
        ]),
  ];
}

const text = (value: unknown): string => (typeof value === 'string' ? value : textsOf([value]).join());
