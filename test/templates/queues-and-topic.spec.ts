import { expect } from 'chai';
import { references, resourcesOf, stackSetTemplate, where } from '../support/templates.ts';

interface PolicyStatement {
  Sid: string;
  Effect: string;
  Principal: unknown;
  Action: unknown;
  Condition: Record<string, unknown>;
}
const statementsIn = (properties: Record<string, unknown>): PolicyStatement[] =>
  (properties['PolicyDocument'] as { Statement: PolicyStatement[] }).Statement;

describe('Queues and topic', () => {
  const queues = resourcesOf(stackSetTemplate, 'AWS::SQS::Queue');

  it('keep messages for 14 days, encrypted, each work queue with a dead-letter queue', () => {
    for (const [id, { Properties }] of queues)
      expect(where('HasKmsKey', false, Properties), id).to.include({
        MessageRetentionPeriod: 1_209_600,
        SqsManagedSseEnabled: true,
      });
    const deadLetters = queues
      .filter(([, { Properties }]) => 'RedrivePolicy' in Properties)
      .map(([id, { Properties }]) => [id, references(Properties['RedrivePolicy'])[0]?.target]);
    expect(Object.fromEntries(deadLetters)).to.deep.equal({
      NewUsers: 'NewUsersDeadLetterQueue',
      Updates: 'UpdatesDeadLetterQueue',
      ExportQueue: 'ExportDeadLetterQueue',
    });
  });

  it('refuse requests without TLS or from another account', () => {
    const policies = resourcesOf(stackSetTemplate, 'AWS::SQS::QueuePolicy');
    const guarded = policies.flatMap(([, { Properties }]) =>
      references(Properties['Queues'])
        .map(({ target }) => target)
        .filter((id) => !id.startsWith('AWS::')),
    );
    expect(guarded.sort(), 'each queue has one policy').to.deep.equal(queues.map(([id]) => id).sort());
    for (const [id, { Properties }] of [...policies, ...resourcesOf(stackSetTemplate, 'AWS::SNS::TopicPolicy')]) {
      const [tls, account] = statementsIn(Properties);
      expect(tls, id).to.deep.include({
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      });
      expect(account, id).to.deep.include({ Sid: 'ThisAccountOnly', Effect: 'Deny', Principal: '*' });
      expect(account?.Condition, id).to.deep.include({
        StringNotEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } },
      });
    }
  });

  it('let no service in but EventBridge, with events of our rules that it could not deliver', () => {
    const policies = [
      ...resourcesOf(stackSetTemplate, 'AWS::SQS::QueuePolicy'),
      ...resourcesOf(stackSetTemplate, 'AWS::SNS::TopicPolicy'),
    ];
    const allowed = policies.flatMap(([id, { Properties }]) =>
      statementsIn(Properties)
        .filter(({ Effect }) => Effect === 'Allow')
        .map((statement) => ({ id, ...statement })),
    );
    expect(allowed.map(({ id, Sid, Principal, Action }) => ({ id, Sid, Principal, Action }))).to.deep.equal([
      {
        id: 'EventsDeadLetterQueuePolicy',
        Sid: 'UndeliveredEvents',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
      },
    ]);
    const rules = resourcesOf(stackSetTemplate, 'AWS::Events::Rule').map(([id]) => id);
    expect(
      references(allowed[0]?.Condition)
        .map(({ target }) => target)
        .filter((target) => target !== 'AWS::NoValue'),
    ).to.have.members(rules);
    // A service has no account: a Deny by account alone would hit it, too.
    const exempt = policies
      .filter(([, { Properties }]) => JSON.stringify(statementsIn(Properties)).includes('aws:PrincipalIsAWSService'))
      .map(([id]) => id);
    expect(exempt).to.deep.equal(['EventsDeadLetterQueuePolicy']);
  });

  it('are encrypted: the topic by the key of AWS where no other is given, since only a function publishes', () => {
    expect(where('HasKmsKey', false, stackSetTemplate.Resources['WorkflowTopic']?.Properties))
      .to.include({ KmsMasterKeyId: 'alias/aws/sns' })
      .and.not.have.property('Subscription');
  });
});
