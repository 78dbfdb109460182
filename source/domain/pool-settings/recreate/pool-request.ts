import type { KeptSettings } from '../shape.ts';
import { isNothing, membersOf, only, present, whyNotHere, without, written } from './omissions.ts';
import type { ApiObject, Omission, Recreation, RecreateOptions } from './omissions.ts';
import { MAIL_TEXTS, messagesOf, OLDER_MESSAGES, policiesOf, triggersOf } from './older-names.ts';
import { schemaRequests } from './schema-request.ts';
import type { SchemaRequests } from './schema-request.ts';

/** What CreateUserPool takes as DescribeUserPool shows it. */
const AS_THEY_ARE = [
  'AutoVerifiedAttributes',
  'AliasAttributes',
  'UsernameAttributes',
  'UserAttributeUpdateSettings',
  'DeviceConfiguration',
  'UserPoolAddOns',
  'DcrConfiguration',
  // Absent means case-sensitive, and stays absent.
  'UsernameConfiguration',
  'AccountRecoverySetting',
  'UserPoolTier',
  'IssuerConfiguration',
  'AcrConfiguration',
];
/** What becomes of these is decided below, by a call of its own, or by hand. */
const LOOKED_AT = [
  ...AS_THEY_ARE,
  'Id',
  'Name',
  'Policies',
  'DeletionProtection',
  'LambdaConfig',
  ...OLDER_MESSAGES,
  'VerificationMessageTemplate',
  'SmsAuthenticationMessage',
  'MfaConfiguration',
  'EmailConfiguration',
  'SmsConfiguration',
  'SmsConfigurationFailure',
  'EmailConfigurationFailure',
  'UserPoolTags',
  'Domain',
  'CustomDomain',
  'AdminCreateUserConfig',
  'SchemaAttributes',
  'KeyConfiguration',
];
/** Tags of a resource (Tag editor User Guide, quotas). */
const MOST_TAGS = 50;

/** The request for CreateUserPool, and what of the schema follows it by AddCustomAttributes. */
export interface PoolRecreation extends Recreation<ApiObject & { readonly PoolName: string }> {
  readonly additions: SchemaRequests['additions'];
}

/**
 * The request that makes a pool like the kept one. MFA is not in it (CreateUserPool knows only that by SMS): see
 * mfaRequest, which has to follow.
 */
export function poolRequest(settings: KeptSettings, options: RecreateOptions): PoolRecreation {
  const { pool } = settings;
  const { schema, additions } = schemaRequests(pool['SchemaAttributes']);
  const parts = [
    messageParts(pool, mailTextsProblem(settings, options)),
    regional(settings, options),
    protection(pool, options),
    tags(pool, options),
  ];
  return {
    request: {
      PoolName: options.name,
      ...present({ ...written(only(pool, AS_THEY_ARE)), Policies: policiesOf(pool), Schema: schema }),
      ...Object.fromEntries(parts.flatMap(({ request }) => Object.entries(present(request)))),
    },
    additions,
    omissions: [
      { setting: 'pool.Name', why: 'So it was asked for.', expected: true },
      ...(options.region === undefined || options.region === settings.region
        ? []
        : [{ setting: 'region', why: 'So it was asked for.', expected: true as const }]),
      ...parts.flatMap(({ omissions }) => omissions),
      ...Object.keys(pool)
        .filter((name) => !LOOKED_AT.includes(name))
        .map((name) => ({
          setting: `pool.${name}`,
          why: 'This version does not know how a new pool gets it.',
        })),
    ],
  };
}

function protection(pool: ApiObject, { throwAway }: RecreateOptions): Recreation {
  if (throwAway !== true) return { request: only(pool, ['DeletionProtection']), omissions: [] };
  return {
    request: { DeletionProtection: 'INACTIVE' },
    omissions: [{ setting: 'pool.DeletionProtection', why: 'It is deleted after the rehearsal.', expected: true }],
  };
}

/** Mails with a text of one's own need a mail identity of one's own. */
function mailTextsProblem(settings: KeptSettings, options: RecreateOptions): string | undefined {
  if (options.withoutMailTexts === true)
    return 'Cognito takes texts of mails only where the pool sends by an SES identity.';
  const { EmailSendingAccount } = membersOf(settings.pool['EmailConfiguration']);
  const elsewhere = whyNotHere(settings, options);
  if (options.throwAway === true) return elsewhere;
  return elsewhere === undefined || EmailSendingAccount !== 'DEVELOPER'
    ? undefined
    : `It needs the SES identity, which is left out, too. ${elsewhere}`;
}

/** What is sent to users, and to whom an administrator makes. */
function messageParts(pool: ApiObject, problem: string | undefined): Recreation {
  const template = messagesOf(pool);
  const byLink = template['DefaultEmailOption'] === 'CONFIRM_WITH_LINK';
  // Cognito refuses the text of the way that is not chosen.
  const unused = byLink ? 'EmailMessage' : 'EmailMessageByLink';
  const both = !isNothing(template['EmailMessage']) && !isNothing(template['EmailMessageByLink']);
  const { AllowAdminCreateUserOnly, InviteMessageTemplate } = membersOf(pool['AdminCreateUserConfig']);
  const invite = membersOf(InviteMessageTemplate);
  const dropped = problem === undefined ? [] : MAIL_TEXTS;
  const withoutTexts = (setting: string, texts: ApiObject): Omission[] =>
    problem === undefined
      ? []
      : MAIL_TEXTS.filter((name) => !isNothing(texts[name])).map((name) => ({
          setting: `${setting}.${name}`,
          why: problem,
        }));
  return {
    request: {
      VerificationMessageTemplate: written(without(template, [...dropped, ...(both ? [unused] : [])])),
      AdminCreateUserConfig: present({
        AllowAdminCreateUserOnly,
        InviteMessageTemplate: written(without(invite, dropped)),
      }),
      ...written(only(pool, ['SmsAuthenticationMessage'])),
    },
    omissions: [
      ...withoutTexts('pool.VerificationMessageTemplate', template),
      ...withoutTexts('pool.AdminCreateUserConfig.InviteMessageTemplate', invite),
      ...(both && problem === undefined
        ? [
            {
              setting: `pool.VerificationMessageTemplate.${unused}`,
              why: 'Cognito takes only the text of the way that DefaultEmailOption names.',
            },
          ]
        : []),
    ],
  };
}

/** What lies in the Region of the kept pool: functions, mail identities, the role for SMS with its Region, keys. */
function regional(settings: KeptSettings, options: RecreateOptions): Recreation {
  const pool = written(only(settings.pool, ['EmailConfiguration', 'SmsConfiguration', 'KeyConfiguration']));
  const triggers = written(triggersOf(settings.pool));
  const problem = whyNotHere(settings, options);
  const mail = membersOf(pool['EmailConfiguration']);
  const key = membersOf(pool['KeyConfiguration']);
  const ownKey = !isNothing(key['KmsKeyArn']);
  if (problem === undefined)
    return {
      request: {
        LambdaConfig: triggers,
        EmailConfiguration: mail,
        SmsConfiguration: pool['SmsConfiguration'],
        KeyConfiguration: key,
      },
      omissions: [],
    };
  const ownMail =
    !isNothing(mail['SourceArn']) || mail['EmailSendingAccount'] === 'DEVELOPER' || options.throwAway === true;
  return {
    request: { ...(ownMail ? {} : { EmailConfiguration: mail }), ...(ownKey ? {} : { KeyConfiguration: key }) },
    omissions: [
      ...Object.entries({ LambdaConfig: triggers, SmsConfiguration: pool['SmsConfiguration'] })
        .filter(([, value]) => !isNothing(value))
        .map(([name]) => ({ setting: `pool.${name}`, why: problem })),
      ...(ownMail && !isNothing(mail) ? [{ setting: 'pool.EmailConfiguration', why: problem }] : []),
      ...(ownKey ? [{ setting: 'pool.KeyConfiguration', why: problem }] : []),
    ],
  };
}

function tags({ UserPoolTags }: ApiObject, { tags: own, throwAway }: RecreateOptions): Recreation {
  const ofPool = Object.entries(throwAway === true ? {} : membersOf(UserPoolTags)).filter(
    ([name]) => !Object.hasOwn(own, name),
  );
  const settable = ofPool.filter(([name]) => !name.startsWith('aws:'));
  const kept = settable.slice(0, MOST_TAGS - Object.keys(own).length);
  const omission = (name: string, why: string): Omission => ({ setting: `pool.UserPoolTags.${name}`, why });
  return {
    request: { UserPoolTags: { ...Object.fromEntries(kept), ...own } },
    omissions: [
      ...ofPool
        .filter(([name]) => name.startsWith('aws:'))
        .map(([name]) => ({
          ...omission(name, 'Only AWS itself sets tags that begin with aws:.'),
          expected: true as const,
        })),
      ...settable
        .slice(kept.length)
        .map(([name]) => omission(name, `A pool has at most ${MOST_TAGS} tags, with those of this command.`)),
      ...(throwAway === true && !isNothing(UserPoolTags)
        ? [
            {
              setting: 'pool.UserPoolTags',
              why: 'A pool for a rehearsal has tags of its own.',
              expected: true as const,
            },
          ]
        : []),
      ...Object.keys(own).map((name) => ({
        ...omission(name, 'By this tag the pool is known as one that was made from the backup.'),
        expected: true as const,
      })),
    ],
  };
}
