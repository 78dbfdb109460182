import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { unzipSync } from 'fflate';
import { buildAssets } from '../../../deployment/packaging/assets.ts';
import { parseArguments } from '../../../deployment/packaging/arguments.ts';
import { launchDocument, nextSteps } from '../../../deployment/packaging/next-steps.ts';
import { mainTemplateUrl, quickCreateUrl } from '../../../source/domain/operator/build/launch-link.ts';
import { writeAssets } from '../../../deployment/packaging/write.ts';
import { rejection } from '../../support/rejection.ts';
import { mainTemplate, root } from '../../support/templates.ts';

const BUILD = { bucket: 'my-assets', solutionName: 'solution', version: 'v1' };
const SOURCES: Readonly<Record<string, string>> = {
  'source/adapters/greet.ts':
    'export const greet = (name: string): string => `Hello ${name}`; export const unused = "not shipped";',
  'source/lambda/common/say-hello.ts':
    'import { greet } from "../../adapters/greet.ts"; export const handler = async (): Promise<string> => greet("you");',
  'source/custom-resources/framework/helper.ts': 'export const helper = 1;',
  'source/state-machines/flow.asl.json': '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}',
  'templates/stack-set-template.yaml':
    "Key: '%%ASSET:say-hello.zip%%'\nFlow: '%%ASSET:flow.asl.json%%'\nBucket: !Sub bucket-name-placeholder-${AWS::Region}\n",
  'templates/cognito-user-profiles-export-reference-architecture.yaml':
    "Description: Solution %%VERSION%% in %%SOLUTION_NAME%%\nTemplate: '%%ASSET:stack-set-template.template%%'\n",
};

describe('Build', () => {
  let project: string;
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), text);
  };
  const text = (content: Uint8Array | undefined): string => Buffer.from(content ?? []).toString();
  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), 'build-'));
    symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
    for (const [path, content] of Object.entries(SOURCES)) write(path, content);
  });
  afterEach(() => rmSync(project, { recursive: true, force: true }));

  it('bundles each function with only what it imports, as a module that Lambda can load', async () => {
    const { regional } = await buildAssets(project, BUILD);
    const name = [...regional.keys()].find((key) => key.startsWith('say-hello-')) ?? '';
    expect(name).to.match(/^say-hello-[0-9a-f]{16}\.zip$/);
    const files = unzipSync(regional.get(name) ?? new Uint8Array());
    expect(Object.keys(files)).to.deep.equal(['index.js', 'NOTICE.txt']);
    const code = text(files['index.js']);
    expect(code).to.not.include('not shipped');
    const module: { exports: { handler?: () => Promise<string> } } = { exports: {} };
    // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- loads the bundle as Node loads a CommonJS file
    new Function('module', 'exports', 'require', code)(module, module.exports, () => ({}));
    expect(await module.exports.handler?.()).to.equal('Hello you');
  });

  it('fills in bucket, names, versions and the hashed keys', async () => {
    const { global, regional } = await buildAssets(project, BUILD);
    const stackSet = text(global.get('stack-set-template.template'));
    expect(stackSet)
      .to.match(/Key: 'solution\/v1\/say-hello-[0-9a-f]{16}\.zip'/)
      .and.match(/Flow: 'solution\/v1\/flow-[0-9a-f]{16}\.asl\.json'/)
      .and.include('my-assets-${AWS::Region}');
    const main = text(global.get('cognito-user-profiles-export-reference-architecture.template'));
    expect(main).to.include('Solution v1 in solution');
    const key = /Template: 'solution\/v1\/(stack-set-template-[0-9a-f]{16}\.template)'/.exec(main)?.[1] ?? '';
    expect(text(regional.get(key))).to.equal(stackSet);
  });

  it('is the same byte for byte in any time zone', async () => {
    const first = await buildAssets(project, BUILD);
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Pacific/Kiritimati';
    const second = await buildAssets(project, BUILD);
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
    expect(second).to.deep.equal(first);
  });

  it('gives changed code another key, and with it the StackSet template another one', async () => {
    const first = await buildAssets(project, BUILD);
    write('source/adapters/greet.ts', 'export const greet = (name: string): string => `Good morning ${name}`;');
    const second = await buildAssets(project, BUILD);
    const changed = [...second.regional.keys()]
      .filter((key) => !first.regional.has(key))
      .map((key) => key.replace(/-[0-9a-f]{16}/, ''));
    expect(changed).to.have.members(['say-hello.zip', 'stack-set-template.template']);
  });

  it('fails when a template names a function that has no source', async () => {
    rmSync(join(project, 'source/lambda/common/say-hello.ts'));
    expect(await rejection(buildAssets(project, BUILD)))
      .to.have.property('message')
      .that.includes('say-hello.zip');
  });

  it('does not take helpers in sub-folders for functions', async () => {
    write('templates/stack-set-template.yaml', "Key: '%%ASSET:helper.zip%%'\n");
    expect(await rejection(buildAssets(project, BUILD)))
      .to.have.property('message')
      .that.includes('helper.zip');
  });

  it('fails on a placeholder that it does not know', async () => {
    write('templates/stack-set-template.yaml', "Key: '%%VERSIN%%'\n");
    expect(await rejection(buildAssets(project, BUILD)))
      .to.have.property('message')
      .that.includes('%%VERSIN%%');
  });

  it('replaces the output of the build before, file by file', async () => {
    mkdirSync(join(project, 'out', 'regional-s3-assets'), { recursive: true });
    writeFileSync(join(project, 'out', 'regional-s3-assets', 'old.zip'), '');
    const { global, regional } = await buildAssets(project, BUILD);
    writeAssets(join(project, 'out'), { global, regional }, 'links');
    expect(readFileSync(join(project, 'out', 'launch.md'), 'utf8')).to.equal('links');
    expect(readdirSync(join(project, 'out', 'regional-s3-assets')).sort()).to.deep.equal([...regional.keys()].sort());
    expect(readdirSync(join(project, 'out', 'global-s3-assets')).sort()).to.deep.equal([...global.keys()].sort());
    for (const [name, content] of regional)
      expect(readFileSync(join(project, 'out', 'regional-s3-assets', name)).equals(content), name).to.equal(true);
  });
});

describe('Arguments of the build', () => {
  it('are bucket, solution name and version', () => {
    expect(parseArguments(['a', 'b', 'v1'])).to.deep.equal({ bucket: 'a', solutionName: 'b', version: 'v1' });
  });

  it('are refused when one is missing, too many or wrong, with the one that is wrong', () => {
    const wrong: [string[], string][] = [
      [[], '0 given'],
      [['a', 'b'], '2 given'],
      [['a', 'b', 'c', 'd'], '4 given'],
      [['My-Bucket', 'b', 'v1'], '<bucket>'],
      [['a.b', 'b', 'v1'], '<bucket>'],
      [['-a', 'b', 'v1'], '<bucket>'],
      [['a'.repeat(49), 'b', 'v1'], '<bucket>'],
      [['a', '../b', 'v1'], '<solution-name>'],
      [['a', 'b', 'v 1'], '<version>'],
      [['a', 'b', ''], '<version>'],
    ];
    for (const [args, expected] of wrong) expect(() => parseArguments(args), args.join(' ')).to.throw(expected);
  });
});

describe('Next steps after a build', () => {
  it('upload both folders to both Regions and never delete', () => {
    expect(nextSteps(BUILD))
      .to.include('s3://my-assets-$REGION/solution/v1/')
      .and.include('global-s3-assets regional-s3-assets')
      .and.not.match(/--delete|aws s3 (sync|rm)/);
  });

  it('launch by a quick-create URL with the template and the parameters to fill in', () => {
    const url = quickCreateUrl(BUILD, 'eu-west-1');
    expect(url).to.match(
      /^https:\/\/eu-west-1\.console\.aws\.amazon\.com\/cloudformation\/home\?region=eu-west-1#\/stacks\/create\/review\?/,
    );
    const query = new URLSearchParams(url.split('review?')[1]);
    expect(query.get('templateURL')).to.equal(
      'https://my-assets-eu-west-1.s3.eu-west-1.amazonaws.com/solution/v1/cognito-user-profiles-export-reference-architecture.template',
    );
    expect([...query.keys()]).to.deep.equal([
      'templateURL',
      'stackName',
      'param_PrimaryUserPoolId',
      'param_SecondaryRegion',
      'param_NotificationEmail',
    ]);
  });

  it('A2: tell of the capability box and of the name that a refused launch keeps', () => {
    for (const text of [nextSteps(BUILD), launchDocument(BUILD)])
      expect(text)
        .to.include('I acknowledge that AWS CloudFormation might create IAM resources')
        .and.match(/ROLLBACK_COMPLETE[^]*delete that stack/);
  });

  it("A2: stand in launch.md with a link of the build's own bucket for every Region without opt-in, at the hosts of its partition", () => {
    const document = launchDocument(BUILD);
    const regions = [
      ...new Set(
        ['PrimaryRegionIsOptIn', 'SecondaryRegionIsOptIn'].flatMap((name) =>
          [...JSON.stringify(mainTemplate.Conditions[name]).matchAll(/"([a-z]{2}(?:-[a-z]+)+-\d)"/g)].map(
            ([, region = '']) => region,
          ),
        ),
      ),
    ];
    expect(regions).to.have.length.above(20);
    expect(
      [...document.matchAll(/^\| (\S+) \| \[launch in \1\]\(https:\S+\) \|$/gm)].map(([, region]) => region),
    ).to.deep.equal(regions);
    for (const region of regions) expect(document).to.include(`(${quickCreateUrl(BUILD, region)})`);
    expect(quickCreateUrl(BUILD, 'cn-north-1')).to.match(/^https:\/\/cn-north-1\.console\.amazonaws\.cn\//);
    expect(mainTemplateUrl(BUILD, 'cn-north-1')).to.include('my-assets-cn-north-1.s3.cn-north-1.amazonaws.com.cn/');
    expect(quickCreateUrl(BUILD, 'us-gov-west-1')).to.match(
      /^https:\/\/us-gov-west-1\.console\.amazonaws-us-gov\.com\//,
    );
  });
});
