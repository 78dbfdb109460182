import { setTimeout as sleep } from 'node:timers/promises';
import { AdminUpdateUserAttributesCommand, CreateGroupCommand } from '@aws-sdk/client-cognito-identity-provider';
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { parse } from 'csv-parse/sync';
import { readPool } from '../../demo/compare/read-pool.ts';
import type { PoolSnapshot, SnapshotGroup, SnapshotUser } from '../../demo/compare/read-pool.ts';
import { SeededRandom } from '../../demo/seed/random.ts';
import { cognitoIn, stepFunctionsIn } from '../../deploy/clients.ts';
import { PRIMARY } from '../../deploy/regions.ts';
import { deadLetters } from '../check/queues.ts';
import { poolProblems, resultProblems, undoProblems, UNKNOWN } from '../check/selection.ts';
import type { SelectionFiles } from '../check/selection.ts';
import type { Deployment } from '../deployment.ts';
import { quietExport } from '../export-run.ts';
import type { PartResult } from '../export-run.ts';
import { lastRun } from '../import-run.ts';
import { calm, injectFaults, strikesOf } from '../simulation.ts';
import type { StrikeCounts } from '../simulation.ts';
import { runUntilWell } from '../workflow-run.ts';
import type { RunOutcome } from '../workflow-run.ts';
import { accidentFor, happen } from './accident.ts';
import type { Accident } from './accident.ts';
import { Bystanders } from './bystanders.ts';
import { afterSelection, afterUndo, askedOf, isCreated } from './expected.ts';
import type { SelectionState } from './expected.ts';
import { PoolModel } from './pool-model.ts';
import type { SelectionPlan } from './plan.ts';

/** From the third start on the weather is fair. */
const FAIR_FROM = 3;
const CHANGES_MEANWHILE = 6;
/** What a person writes over a restored value, before it is undone. */
const BY_HAND = 'changed by hand';

/** Single users and groups, restored into the living pool under faults after an accident, and that undone under faults. */
export class LivingPoolChaos {
  readonly #cognito: CognitoIdentityProviderClient;
  readonly #random: SeededRandom;
  readonly #byKind = new Map<string, number>();
  readonly #rules: StrikeCounts['rules'][number][] = [];
  readonly #errors: string[] = [];
  #starts = 0;
  #isStormy = false;

  constructor(
    private readonly deployment: Deployment,
    private readonly plan: SelectionPlan,
    private readonly tell: (line: string) => void,
  ) {
    this.#cognito = cognitoIn(deployment.cloud, PRIMARY);
    this.#random = new SeededRandom(plan.seed * 29 + 13);
  }

  /** The backup has to hold the pool as it is. */
  async run(): Promise<PartResult> {
    const { deployment, plan } = this;
    await calm(deployment.cloud);
    const source = await this.#read();
    const accident = accidentFor(source, this.#random);
    await happen(deployment, source, accident);
    const before = await this.#read();
    const state: SelectionState = { source, before, asked: askedOf(accident, plan.odd) };
    this.#progress(
      `accident: ${accident.deleted.length} users deleted, ${accident.spoiled.length} spoiled, ${accident.takenOver.length} signed up again, ${accident.deletedGroups.length} groups deleted; asked for ${state.asked.users.length} users and ${state.asked.groups.length} groups`,
    );
    const { id, seen, after, problems } = await this.#select(state, accident);
    this.#progress(`selection ${id}: ${this.#starts} starts, ${problems.length} findings`);
    problems.push(...(await this.#undo(seen, id, after)));
    this.#progress(`undo: ${this.#starts} starts together, ${problems.length} findings`);
    await this.#makeAgain(source, accident.deletedGroups);
    problems.push(...(await quietExport(deployment, this.#random)).map((problem) => `export afterwards: ${problem}`));
    problems.push(...(await deadLetters(deployment.cloud)));
    if ((await deployment.cloud.endUserMessages()).length > 0) problems.push('messages went to end users');
    this.#progress(`export afterwards: ${problems.length} findings`);
    return {
      problems,
      strikes: { byKind: this.#byKind, rules: this.#rules },
      starts: this.#starts,
      errors: this.#errors,
    };
  }

  async #select(
    state: SelectionState,
    accident: Accident,
  ): Promise<{
    readonly id: string;
    /** The same state, with what others have done meanwhile. */
    readonly seen: SelectionState;
    readonly after: PoolSnapshot;
    readonly problems: string[];
  }> {
    const { deployment, plan } = this;
    const { source, before, asked } = state;
    const id = this.#newId(1);
    await this.#put(id, {
      users: [
        ...asked.users.map((name, index) => (index % 2 === 0 ? { name } : { sub: subOf(source, name) })),
        ...(plan.odd ? [{ name: UNKNOWN.user }] : []),
      ],
      groups: [...asked.groups, ...(plan.odd ? [UNKNOWN.group] : [])].map((name) => ({ name })),
      existing: 'update',
      confirmed: asked.confirmed.map((name) => subOf(source, name)),
    });
    const bystanders = new Bystanders(this.#cognito, deployment.poolId, before, this.#random, {
      names: accident.whole.slice(1),
      groups: [...before.groups.keys()].filter((group) => !asked.groups.includes(group)),
      members: new Set(asked.groups.flatMap((group) => [...(source.groups.get(group)?.members ?? [])])),
    });
    const run = plan.from === 'snapshot' ? { ExportRun: await lastRun(deployment, PRIMARY) } : {};
    const ended = await this.#carryOut(id, run, async () => {
      for (let change = 0; change < CHANGES_MEANWHILE; change += 1) {
        await sleep(this.#random.integer(50, 600));
        await bystanders.act();
      }
    });
    const after = await this.#read();
    const seen = { ...state, before: bystanders.applyTo(new PoolModel(before)) };
    const problems = [...ended.problems, ...poolProblems(afterSelection(seen), after, (name) => isCreated(seen, name))];
    const files = await this.#files(id);
    problems.push(...(typeof files === 'string' ? [files] : resultProblems(seen, after, { files, odd: plan.odd })));
    return { id, seen, after, problems: problems.map((problem) => `selection: ${problem}`) };
  }

  async #undo(state: SelectionState, id: string, after: PoolSnapshot): Promise<string[]> {
    const { deployment } = this;
    const { asked, before } = state;
    // Somebody corrects the name of one who was spoiled; that stays.
    const changedSince = asked.users
      .filter((name) => before.users.get(name)?.attributes.get('middle_name') !== undefined && after.users.has(name))
      .slice(0, 1);
    for (const name of changedSince)
      await this.#cognito.send(
        new AdminUpdateUserAttributesCommand({
          UserPoolId: deployment.poolId,
          Username: subOf(after, name),
          UserAttributes: [{ Name: 'name', Value: BY_HAND }],
        }),
      );
    const now = await this.#read();
    const undoId = this.#newId(2);
    await this.#put(undoId, { users: [], groups: [], existing: 'update', undo: id });
    const ended = await this.#carryOut(undoId, {}, () => Promise.resolve());
    const undone = await this.#read();
    const files = await this.#files(undoId);
    return [
      ...ended.problems,
      ...poolProblems(afterUndo(state, after, now), undone, () => false),
      ...(typeof files === 'string' ? [files] : undoProblems(state, { after, undone }, { files, changedSince })),
    ].map((problem) => `undo: ${problem}`);
  }

  /** Without members, the groups that nobody asked for: later seeds have users who belong into them. */
  async #makeAgain(source: PoolSnapshot, deleted: readonly string[]): Promise<void> {
    const { groups } = await this.#read();
    for (const GroupName of deleted.filter((name) => !groups.has(name))) {
      const { description: Description, precedence: Precedence } = source.groups.get(GroupName) as SnapshotGroup;
      const UserPoolId = this.deployment.poolId;
      await this.#cognito.send(new CreateGroupCommand({ UserPoolId, GroupName, Description, Precedence }));
    }
  }

  /** Under faults until it has ended; then once more without any, for what was refused meanwhile. */
  async #carryOut(id: string, more: object, meanwhile: () => Promise<void>): Promise<Pick<RunOutcome, 'problems'>> {
    const { deployment, plan } = this;
    const { cloud, poolId } = deployment;
    await injectFaults(cloud, plan.faults, plan.seed + 900);
    this.#isStormy = true;
    const workflow = {
      sfn: stepFunctionsIn(cloud, PRIMARY),
      workflow: deployment.importWorkflow[PRIMARY],
      input: { NewUserPoolId: poolId, Selection: requestKey(poolId, id), ...more },
      random: this.#random,
    };
    const FINAL = ['RestoreIncomplete', 'AlreadyRestored'];
    const disturbed = await runUntilWell(
      {
        ...workflow,
        event: plan.event,
        meanwhile,
        beforeRestart: (start) => (start > FAIR_FROM ? this.#calmDown() : Promise.resolve()),
      },
      FINAL,
    );
    await this.#calmDown();
    this.#starts += disturbed.starts;
    this.#errors.push(...disturbed.errors);
    if (disturbed.last.error !== 'RestoreIncomplete') return disturbed;
    const again = await runUntilWell(
      { ...workflow, event: 'none', meanwhile: () => Promise.resolve(), beforeRestart: () => Promise.resolve() },
      FINAL,
    );
    return { problems: [...disturbed.problems, ...again.problems] };
  }

  /** Counts what has struck so far, which begins anew with other faults, and switches it off. */
  async #calmDown(): Promise<void> {
    if (!this.#isStormy) return;
    this.#isStormy = false;
    const { byKind, rules } = await strikesOf(this.deployment.cloud, this.plan.faults);
    for (const [kind, count] of byKind) this.#byKind.set(kind, (this.#byKind.get(kind) ?? 0) + count);
    this.#rules.push(...rules);
    await calm(this.deployment.cloud);
  }

  /** Made as those of runs. */
  #newId(part: number): string {
    const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    return `${time}-${(this.plan.seed * 16 + part).toString(16).padStart(8, '0')}`;
  }

  async #put(id: string, request: object): Promise<void> {
    const { bucket, poolId } = this.deployment;
    await this.#s3.send(
      new PutObjectCommand({ Bucket: bucket[PRIMARY], Key: requestKey(poolId, id), Body: JSON.stringify(request) }),
    );
  }

  /** What was reported; in words what is missing of it. */
  async #files(id: string): Promise<SelectionFiles | string> {
    const { bucket, poolId } = this.deployment;
    const text = async (name: string): Promise<string> => {
      const Key = requestKey(poolId, id).replace('request.json', name);
      const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: bucket[PRIMARY], Key }));
      return (await Body?.transformToString()) ?? '';
    };
    try {
      const [results, subMap, report] = await Promise.all(['results.csv', 'sub-map.csv', 'report.json'].map(text));
      const rows = (csv = ''): Record<string, string>[] => parse<Record<string, string>>(csv, { columns: true });
      return {
        results: rows(results),
        subMap: rows(subMap),
        report: JSON.parse(report ?? '') as SelectionFiles['report'],
      };
    } catch (error) {
      return `the report of ${id} cannot be read: ${String(error)}`;
    }
  }

  get #s3(): S3Client {
    return new S3Client(this.deployment.cloud.clientConfig(PRIMARY));
  }

  #read(): Promise<PoolSnapshot> {
    return readPool(this.#cognito, this.deployment.poolId);
  }

  #progress(what: string): void {
    this.tell(`    ${what}`);
  }
}

const requestKey = (poolId: string, id: string): string => `restores/${poolId}/selections/${id}/request.json`;

const subOf = ({ users }: PoolSnapshot, name: string): string => (users.get(name) as SnapshotUser).sub;
