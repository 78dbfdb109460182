import { expect } from 'chai';
import { parse } from 'yaml';
import { readEnv, yesNo } from '../../source/adapters/env.ts';
import { mainTemplate, stackSetTemplate, templates } from '../support/templates.ts';

for (const template of templates) {
  describe(`Template ${template.name}: parameters`, () => {
    const names = Object.keys(template.Parameters);
    const { ParameterGroups, ParameterLabels } = template.Metadata['AWS::CloudFormation::Interface'];

    it('stand in exactly one group each', () => {
      expect(ParameterGroups.flatMap(({ Parameters }) => Parameters).sort()).to.deep.equal([...names].sort());
    });

    it('carry a label and a description each', () => {
      expect(Object.keys(ParameterLabels).sort()).to.deep.equal([...names].sort());
      expect(names.filter((name) => !template.Parameters[name]?.Description)).to.deep.equal([]);
    });

    it('say in words what their pattern or range demands', () => {
      const silent = Object.entries(template.Parameters).filter(
        ([, parameter]) =>
          ('AllowedPattern' in parameter || 'MinValue' in parameter) && !parameter.ConstraintDescription,
      );
      expect(silent.map(([name]) => name)).to.deep.equal([]);
    });

    it('take no free text', () => {
      const free = Object.entries(template.Parameters).filter(
        ([, { AllowedPattern, AllowedValues, Type }]) => !AllowedPattern && !AllowedValues && Type === 'String',
      );
      expect(free.map(([name]) => name)).to.deep.equal([]);
    });
  });
}

describe('Parameters of the main template', () => {
  const { Parameters } = mainTemplate;

  it('are the documented ones with their defaults and choices', () => {
    expect(
      Object.fromEntries(
        Object.entries(Parameters).map(([name, { Default, AllowedValues }]) => [name, [Default, AllowedValues]]),
      ),
    ).to.deep.equal({
      PrimaryUserPoolId: [undefined, undefined],
      SecondaryRegion: [undefined, undefined],
      AllowMfa: ['NO', ['NO', 'YES']],
      AllowMultipleUsernameAttributes: ['NO', ['NO', 'YES']],
      ExportFrequency: ['EVERY_DAY', ['EVERY_HOUR', 'EVERY_6_HOURS', 'EVERY_DAY', 'EVERY_7_DAYS', 'EVERY_30_DAYS']],
      CognitoTPS: [10, [1, 5, 10, 15, 20, 25]],
      MaxDeletePercent: ['20', undefined],
      MaxChangePercent: ['50', undefined],
      UncountedAttributes: ['', undefined],
      FederatedUsers: ['REPORT', ['REPORT', 'PRELINK']],
      GroupRoles: ['REPORT', ['REPORT', 'MAP']],
      GroupRoleArns: ['', undefined],
      SnapshotRetentionDays: ['35', undefined],
      ReportRetentionDays: ['90', undefined],
      DrillSchedule: ['OFF', ['OFF', 'WEEKLY', 'MONTHLY']],
      VaultBucketArn: ['', undefined],
      VaultAccountId: ['', undefined],
      VaultKmsKeyArn: ['', undefined],
      NotificationEmail: [undefined, undefined],
      SnsPreference: ['INFO_AND_ERRORS', ['INFO_AND_ERRORS', 'ERRORS_ONLY']],
      FunctionArchitecture: ['arm64', ['arm64', 'x86_64']],
      PermissionsBoundaryArn: ['', undefined],
      TagsRevision: ['1', undefined],
      KmsKeyArn: ['', undefined],
    });
  });

  const accepts = (name: string, value: string): boolean =>
    new RegExp(Parameters[name]?.AllowedPattern ?? '^$').test(value);
  it('accept pools and Regions of every partition and refuse other text', () => {
    expect(
      ['us-east-1_AbCdEfGhI', 'us-gov-west-1_a1', 'ap-southeast-7_Zz9', 'eusc-de-east-1_b2'].filter(
        (id) => !accepts('PrimaryUserPoolId', id),
      ),
    ).to.deep.equal([]);
    expect(
      ['us-east-1', 'us-east-1_', 'us-east-1_a b', 'US-EAST-1_abc', 'us-east-1_a/../b'].filter((id) =>
        accepts('PrimaryUserPoolId', id),
      ),
    ).to.deep.equal([]);
    expect(
      ['eu-west-1', 'cn-north-1', 'us-gov-east-1', 'me-central-1', 'eusc-de-east-1'].filter(
        (region) => !accepts('SecondaryRegion', region),
      ),
    ).to.deep.equal([]);
    expect(
      ['', 'eu', 'eu-west', 'EU-WEST-1', 'eu-west-1 '].filter((region) => accepts('SecondaryRegion', region)),
    ).to.deep.equal([]);
  });

  it('A9: accept the e-mail addresses that SNS takes and refuse those that would fail the launch half-way', () => {
    const good = [
      'ops@example.com',
      'first.last+backup@example.co.uk',
      "o'brien@example.com",
      'a@xn--mller-kva.example',
      'x_1-2@sub-domain.example.museum',
    ];
    expect(good.filter((address) => !accepts('NotificationEmail', address))).to.deep.equal([]);
    const bad = [
      '',
      'ops',
      'ops@example',
      'a b@example.com',
      ' ops@example.com',
      'ops@example.com ',
      'ops@example.com\n',
      'mailto:ops@example.com',
      '<ops@example.com>',
      'Ops <ops@example.com>',
      'müller@example.com',
      'ops@müller.example',
      'a@b..com',
      'a@b.com.',
      'a..b@example.com',
      '.a@example.com',
      'a.@example.com',
      'a@-b.com',
      'a@b-.com',
      'a@b@example.com',
      'a@example.com,b@example.com',
      '"a"@example.com',
    ];
    expect(bad.filter((address) => accepts('NotificationEmail', address))).to.deep.equal([]);
  });

  it('take whole percentages and days within their limits', () => {
    const limits: Record<string, [number, number]> = {
      MaxDeletePercent: [0, 100],
      MaxChangePercent: [0, 100],
      SnapshotRetentionDays: [0, 3650],
      ReportRetentionDays: [1, 180],
    };
    for (const [name, [least, most]] of Object.entries(limits)) {
      const accepted = Array.from({ length: 4001 }, (_, number) => number).filter((number) =>
        accepts(name, String(number)),
      );
      expect([accepted[0], accepted.at(-1), accepted.length], name).to.deep.equal([least, most, most - least + 1]);
      expect(
        ['', '-1', '1.5', '05', ' 5', '5\n', 'all'].filter((value) => accepts(name, value)),
        name,
      ).to.deep.equal([]);
      expect(accepts(name, String(Parameters[name]?.Default)), name).to.equal(true);
    }
  });

  it('take names of attributes separated by commas, or none', () => {
    const most = Array.from({ length: 50 }, (_, n) => `custom:a${n}`).join(',');
    expect(
      ['', 'custom:last_login', 'custom:last_login,custom:visits', 'custom:last_login, updated_at', most].filter(
        (names) => !accepts('UncountedAttributes', names),
      ),
    ).to.deep.equal([]);
    expect(
      [' ', ',', 'a,', ',a', 'a b', 'a,,b', 'a;\n', `${most},one-more`].filter((names) =>
        accepts('UncountedAttributes', names),
      ),
    ).to.deep.equal([]);
  });

  it('reach the StackSet: StackSetCustomResource passes exactly the parameters of its template', () => {
    const passed = mainTemplate.Resources['StackSetCustomResource']?.Properties['Parameters'] as Record<
      string,
      unknown
    >;
    expect(Object.keys(passed).sort()).to.deep.equal(Object.keys(stackSetTemplate.Parameters).sort());
  });

  it('let metrics be switched off and on in the mapping as the guide writes it, without quotes', () => {
    type Mapped = {
      readonly Mappings: { readonly AnonymousData: { readonly SendAnonymousData: { readonly Data: unknown } } };
    };
    const passed = mainTemplate.Resources['StackSetCustomResource']?.Properties['Parameters'] as Record<
      string,
      unknown
    >;
    expect(passed['SendAnonymousData']).to.deep.equal({
      'Fn::FindInMap': ['AnonymousData', 'SendAnonymousData', 'Data'],
    });
    for (const [written, means] of [
      ['Data: No', false],
      ['Data: Yes', true],
      ["Data: 'No'", false],
      ["Data: 'Yes'", true],
    ] as const) {
      // YAML 1.1, as CloudFormation reads it; a custom resource is given every value as text.
      const { Mappings } = parse(mainTemplate.text.replace("Data: 'Yes'", written), {
        version: '1.1',
        logLevel: 'silent',
      }) as Mapped;
      const value = String(Mappings.AnonymousData.SendAnonymousData.Data);
      expect(stackSetTemplate.Parameters['SendAnonymousData']?.AllowedValues, written).to.include(value);
      expect(readEnv({ SEND_ANONYMOUS_DATA: yesNo() }, { SEND_ANONYMOUS_DATA: value }), written).to.deep.equal({
        SEND_ANONYMOUS_DATA: means,
      });
    }
  });

  it('have the same patterns and choices in both templates', () => {
    const rules = (parameters: typeof Parameters, name: string): unknown[] => [
      parameters[name]?.Type,
      parameters[name]?.AllowedPattern,
      parameters[name]?.AllowedValues,
    ];
    // TagsRevision concerns the custom resources of the main stack: the tags themselves reach the StackSet by its definition.
    // Of a key the StackSet is given the id, which is the same in both Regions.
    for (const name of Object.keys(Parameters).filter((id) => id !== 'TagsRevision' && id !== 'KmsKeyArn'))
      expect(rules(stackSetTemplate.Parameters, name), name).to.deep.equal(rules(Parameters, name));
  });
});
