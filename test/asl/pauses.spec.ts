import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { workflowNamed } from '../../tools/simulation/workflow/definition.ts';
import type { State } from '../../tools/simulation/workflow/definition.ts';
import { root } from '../support/templates.ts';

const FOLDER = join(root, 'source', 'lambda', 'export');
/** `sync-users.ts` is SyncUsers. */
const functionOf = (file: string): string =>
  file.replace('.ts', '').replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Functions of the export, each of which may answer that it waits for a selection. */
const pausing = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.ts'))
  .map(functionOf);
const { States } = workflowNamed('export');
const called = ({ Resource = '' }: State): string => /^\$\{(\w+)FunctionArn\}$/.exec(Resource)?.[1] ?? '';
const named = (name = ''): State => States[name] as State;

describe('16.2: ExportWorkflow waits for selections', () => {
  it('16.2: after every function that may answer so, and goes on with that function', () => {
    const tasks = Object.entries(States).filter(([, state]) => pausing.includes(called(state)));
    expect(tasks.map(([, state]) => called(state))).to.have.members(pausing);
    for (const [task, { ResultPath, Next }] of tasks) {
      const after = named(Next);
      expect(after.Type, task).to.equal('Choice');
      const [pause, ...others] = (after.Choices ?? []).filter(({ Variable = '' }) => Variable.endsWith('.paused'));
      expect(pause, task).to.include({ Variable: `${ResultPath}.paused`, IsPresent: true });
      expect(others, task).to.deep.equal([]);
      expect(named(pause?.Next), task).to.include({
        Type: 'Wait',
        SecondsPath: `${ResultPath}.waitSeconds`,
        Next: task,
      });
    }
  });

  it('16.2: nowhere else, and by no error', () => {
    const waits = Object.entries(States).filter(([, { Type }]) => Type === 'Wait');
    expect(waits).to.have.length(pausing.length);
    for (const [name, { Catch = [], Retry = [] }] of Object.entries(States))
      for (const { ErrorEquals } of [...Catch, ...Retry]) expect(ErrorEquals, name).to.not.include('SelectionRunning');
  });

  it('16.2: every one of these functions is made to pause', () => {
    for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.ts')))
      expect(readFileSync(join(FOLDER, file), 'utf8'), file).to.match(
        /export const handler = (export|listing|calling)Function\(/,
      );
  });
});

describe('17.6: DrillWorkflow waits for everybody else', () => {
  const { States: drill } = workflowNamed('drill');
  const tasks = Object.entries(drill).filter(
    ([, state]) => state.Type === 'Task' && !['CheckStateMachine', 'MessageBroker'].includes(called(state)),
  );

  /** While nothing is written to the pool it plans anew; ImportUsers and UpdateUsers alternate, and pause together. */
  const AFTER: Readonly<Record<string, object>> = {
    CheckNewUserPool: { Seconds: 120, Next: 'CheckNewUserPool' },
    ScanTable: { Seconds: 120, Next: 'CheckNewUserPool' },
    ReadBackup: { Seconds: 120, Next: 'CheckNewUserPool' },
    UpdateUsers: { SecondsPath: '$.updates.waitSeconds', Next: 'ImportUsers' },
  };

  it('17.6: after every function that calls Cognito, and goes on', () => {
    expect(tasks.map(([name]) => name)).to.have.length(8);
    for (const [task, { ResultPath = '', Next = '' }] of tasks.filter(([name]) => name !== 'ImportUsers')) {
      const [pause] = (drill[Next]?.Choices ?? []).filter(({ Variable }) => Variable === `${ResultPath}.paused`);
      expect(drill[Next]?.Choices?.[0], `${task}: before any other member of the answer is asked for`).to.equal(pause);
      const after = AFTER[task] ?? { SecondsPath: `${ResultPath}.waitSeconds`, Next: task };
      expect(drill[pause?.Next ?? ''], task).to.include({ Type: 'Wait', ...after });
    }
    expect(drill['ImportUsers']).to.include({ Next: 'UpdateUsers' });
  });

  it('17.6: every function that it calls and that calls Cognito is made to pause in it', () => {
    const files: Readonly<Record<string, string>> = {
      DrillPool: 'drill/drill-pool.ts',
      ComparePool: 'verify/compare-pool.ts',
    };
    for (const name of new Set(tasks.map(([, state]) => called(state))))
      expect(
        readFileSync(join(FOLDER, '..', files[name] ?? 'import/shared/import-function.ts'), 'utf8'),
        name,
      ).to.match(/pausingForOthers\(/);
  });
});
