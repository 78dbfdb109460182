import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { drawPictures } from '../../../tools/docs/draw.ts';
import { toSvg } from '../../../tools/docs/drawing.ts';
import { regionsDrawing } from '../../../tools/docs/regions-picture.ts';
import type { Resources } from '../../../tools/docs/regions-picture.ts';
import { workflowDrawing } from '../../../tools/docs/workflow-picture.ts';
import { pathsOf, transitionsFrom } from '../../../tools/docs/workflow.ts';
import type { WorkflowDefinition } from '../../../tools/docs/workflow.ts';
import { stackSetTemplate, templates } from '../../support/templates.ts';
import { flawsOf } from './flaws.ts';

const fromRoot = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
/** What GitHub gives a picture, and the smallest text that can be read there. */
const [PAGE_WIDTH, READABLE] = [830, 11];

describe('pictures in docs/images', () => {
  for (const [name, svg] of drawPictures()) {
    it(`${name} is what the sources draw (npm run docs)`, () => {
      expect(fromRoot(`docs/images/${name}`)).to.equal(svg);
    });

    it(`${name} can be read on a page, in light and in dark`, () => {
      const width = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]);
      const smallest = Math.min(...[...svg.matchAll(/font-size="(\d+)"/g)].map(([, size]) => Number(size)));
      expect(smallest * Math.min(1, PAGE_WIDTH / width)).to.be.at.least(READABLE);
      const [, style = ''] = /<style>(.*)<\/style>/.exec(svg) ?? [];
      expect(style).to.include('@media (prefers-color-scheme: dark)');
      expect(svg.replace(style, ''), 'a colour outside of the style sheet').not.to.match(/#[0-9a-f]{3,6}\b/i);
      const styled = new Set([...style.matchAll(/\.([\w-]+)\{/g)].map(([, one]) => one));
      const used = [...svg.matchAll(/class="([\w-]+)"/g)].map(([, one]) => one);
      expect(
        used.filter((one) => !styled.has(one)),
        'classes without a style',
      ).to.deep.equal([]);
    });
  }
});

describe('pictures of the workflows', () => {
  for (const file of readdirSync(new URL('../../../source/state-machines', import.meta.url))) {
    const name = file.replace('.asl.json', '').replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
    const workflow = JSON.parse(fromRoot(`source/state-machines/${file}`)) as WorkflowDefinition;
    const drawing = workflowDrawing(name, workflow);
    const box = (state: string) => drawing.boxes.find(({ text }) => text === state) as (typeof drawing.boxes)[number];

    it(`${name}: every state once, every transition as one line`, () => {
      const states = Object.keys(workflow.States);
      expect(drawing.boxes.map(({ text }) => text)).to.have.members(states);
      const transitions = states.flatMap((state) => transitionsFrom(workflow, state));
      expect(drawing.lines.map(({ from, to, isError }) => `${from} ${to} ${isError}`)).to.have.members(
        transitions.map(({ from, to, isError }) => `${from} ${to} ${isError}`),
      );
    });

    it(`${name}: every condition stands beside its line`, () => {
      const shown = drawing.texts.map(({ lines }) => lines.join());
      for (const state of Object.keys(workflow.States))
        for (const { label } of transitionsFrom(workflow, state))
          if (label.length > 0) expect(shown).to.include(label.join());
    });

    it(`${name}: nothing lies on something else`, () => {
      expect(flawsOf(drawing)).to.deep.equal([]);
    });

    it(`${name}: the way to success is straight, the handling of errors lies apart`, () => {
      const { main, error } = pathsOf(workflow);
      const middles = main.map((state) => box(state).x + box(state).width / 2);
      expect(new Set(middles.map(Math.round))).to.have.lengthOf(1);
      expect(main.map((state) => box(state).y)).to.deep.equal(
        main.map((state) => box(state).y).toSorted((one, other) => one - other),
      );
      for (const state of error) expect(box(state).x + box(state).width, state).to.be.below(box(main[0] as string).x);
    });

    it(`${name}: the same definition gives the same picture`, () => {
      expect(toSvg(workflowDrawing(name, structuredClone(workflow)))).to.equal(toSvg(drawing));
    });
  }

  it('need no handler of errors', () => {
    const drawing = workflowDrawing('Short', {
      StartAt: 'Work',
      States: { Work: { Type: 'Task', Next: 'Done' }, Done: { Type: 'Succeed' } },
    });
    expect(flawsOf(drawing)).to.deep.equal([]);
    expect(drawing.lines).to.have.lengthOf(1);
  });

  it('draw two ways between the same states as one line with both conditions', () => {
    const States = {
      Ask: {
        Type: 'Choice',
        Choices: [
          { Variable: '$.a.done', BooleanEquals: true, Next: 'Done' },
          { Variable: '$.kind', StringEquals: 'none', Next: 'Done' },
        ],
        Default: 'Done',
      },
      Done: { Type: 'Succeed' },
    };
    expect(transitionsFrom({ StartAt: 'Ask', States }, 'Ask')).to.deep.equal([
      { from: 'Ask', to: 'Done', isError: false, label: ['a.done', 'or', 'kind: none', 'or', 'else'] },
    ]);
  });

  it('name a member that a condition asks for by its last name', () => {
    const States = {
      Ask: {
        Type: 'Choice',
        Choices: [
          { Variable: '$.a.paused', IsPresent: true, Next: 'Wait' },
          { Variable: '$.a.paused', IsPresent: false, Next: 'Done' },
        ],
      },
      Wait: { Type: 'Wait', Next: 'Ask' },
      Done: { Type: 'Succeed' },
    };
    expect(transitionsFrom({ StartAt: 'Ask', States }, 'Ask').map(({ label }) => label)).to.deep.equal([
      ['paused'],
      ['not paused'],
    ]);
  });

  it('refuse a definition that they cannot show', () => {
    const states = (next: object): WorkflowDefinition => ({
      StartAt: 'Ask',
      States: { Ask: { Type: 'Choice', ...next }, Done: { Type: 'Succeed' }, Broken: { Type: 'Fail' } },
    });
    expect(() => pathsOf(states({ Next: 'Elsewhere' }))).to.throw('no state Elsewhere');
    expect(() => pathsOf(states({ Next: 'Broken' }))).to.throw('No way leads');
    expect(() => pathsOf(states({ Choices: [{ Variable: '$.n', NumericEquals: 1, Next: 'Done' }] }))).to.throw(
      'condition on $.n',
    );
  });
});

describe('picture of the Regions', () => {
  const main = templates[0]?.Resources as Resources;
  const stackSet = stackSetTemplate.Resources as Resources;

  it('has nothing that lies on something else', () => {
    expect(flawsOf(regionsDrawing(main, stackSet))).to.deep.equal([]);
  });

  it('names what each Region has', () => {
    const named = regionsDrawing(main, stackSet).boxes.flatMap(({ text }) => text ?? []);
    for (const name of ['ExportSchedule', 'ExportWorkflow', 'VerifySchedule', 'user pool'])
      expect(
        named.filter((one) => one === name),
        name,
      ).to.have.lengthOf(1);
    for (const name of [
      'BackupTable',
      'snapshots in S3',
      'ImportWorkflow',
      'VerifyWorkflow',
      'new user pool',
      'DrillWorkflow',
      'pool of a drill',
    ])
      expect(
        named.filter((one) => one === name),
        name,
      ).to.have.lengthOf(2);
    expect(named.filter((one) => one.startsWith('WorkflowTopic'))).to.have.lengthOf(2);
  });

  it('says how often an export starts, as the parameter allows it', () => {
    const { AllowedValues } = (templates[0] as unknown as { Parameters: Record<string, { AllowedValues: string[] }> })
      .Parameters['ExportFrequency'] as { AllowedValues: string[] };
    const words = (value = ''): string => value.toLowerCase().replaceAll('_', ' ');
    expect(regionsDrawing(main, stackSet).texts.flatMap(({ lines }) => lines)).to.include(
      `${words(AllowedValues[0])} to ${words(AllowedValues.at(-1))}`,
    );
  });

  it('is refused when a template no longer has what it names', () => {
    const { VerifyWorkflow, ExportSchedule, ...others } = stackSet;
    expect(() => regionsDrawing({}, stackSet)).to.throw('no BackupTable');
    expect(() => regionsDrawing(main, { ...others, ...(ExportSchedule && { ExportSchedule }) })).to.throw(
      'no VerifyWorkflow',
    );
    expect(() =>
      regionsDrawing(main, {
        ...stackSet,
        VerifyWorkflow: { ...VerifyWorkflow, Type: 'AWS::StepFunctions::StateMachine', Condition: 'IsPrimaryRegion' },
      }),
    ).to.throw('VerifyWorkflow has the condition IsPrimaryRegion');
  });
});
