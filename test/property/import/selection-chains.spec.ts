import { expect } from 'chai';
import { selectionKeys } from '../../../source/domain/import/plan/selection-keys.ts';
import type { SelectionRequest } from '../../../source/domain/import/selection/request.ts';
import type { PoolGroup, PoolSettings, PoolUser } from '../../../source/domain/model.ts';
import type { Random, Refusal, WriteOutcome } from '../../../source/domain/ports.ts';
import { seededRandom, wholeNumber } from '../../../tools/simulation/random.ts';
import { subFor } from '../../../tools/simulation/cognito/memory-pool.ts';
import { putRequest, rowsOfSelection, select } from '../../support/import/selections.ts';
import type { SelectionRow } from '../../support/import/selections.ts';
import { SOURCE, WorkflowWorld } from '../../support/workflows/workflow-world.ts';
import { aUser } from '../../support/world/builders.ts';

/** More with SELECTION_CHAINS=<how many>, from SELECTION_CHAINS_FROM on. */
const CHAINS = Number(process.env['SELECTION_CHAINS'] ?? '32');
const FROM = Number(process.env['SELECTION_CHAINS_FROM'] ?? '1');

const KINDS: readonly Partial<PoolSettings>[] = [
  {},
  { caseSensitive: true },
  { usernameAttributes: ['email'] },
  { usernameAttributes: ['phone_number'], autoVerifiedAttributes: ['phone_number'] },
  { usernameAttributes: ['email', 'phone_number'], autoVerifiedAttributes: ['email', 'phone_number'] },
  { aliasAttributes: ['email'] },
  { aliasAttributes: ['preferred_username'], autoVerifiedAttributes: [] },
  { aliasAttributes: ['email', 'phone_number'], autoVerifiedAttributes: [] },
];
const PEOPLE = ['ana', 'ben', 'cleo', 'dora', 'emil', 'fritz', 'gesa'];
const GROUPS = ['staff', 'admins', 'few'];
const PLAIN = ['name', 'nickname', 'locale'];

interface State {
  /** By sub. */
  readonly users: ReadonlyMap<string, PoolUser>;
  readonly groups: ReadonlyMap<string, PoolGroup>;
  /** Group and sub. */
  readonly members: ReadonlySet<string>;
}

/** The pool as it is, in a form that can be compared: a flag that is not set is the same as false. */
function stateOf({ source }: WorkflowWorld): State {
  const groups = [...source.groups.values()];
  const subOf = (username: string): string => source.users.get(username)?.user.sub ?? '';
  return {
    users: new Map([...source.users.values()].map(({ user }) => [user.sub, { ...user, attributes: comparable(user) }])),
    groups: new Map(groups.map(({ group }) => [group.name, { ...group, description: group.description ?? '' }])),
    members: new Set(
      groups.flatMap(({ group, members }) => [...members.keys()].map((username) => `${group.name} ${subOf(username)}`)),
    ),
  };
}

const comparable = ({ attributes }: PoolUser): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes)
      .filter(([name, value]) => value !== '' && !(name.endsWith('_verified') && value !== 'true'))
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );

/** One write of the product that Cognito took, or one change that somebody made. */
interface Change {
  readonly by: 'us' | 'somebody';
  readonly selection: string;
  /** `sub` and attribute, `enabled` or group: who is made in the place of a deleted account is another. */
  readonly what: string;
  readonly value: string;
}

/** A pool of one kind that was exported, and damaged since; everything that is done to it follows from the seed. */
class Chain {
  readonly world = new WorkflowWorld();
  readonly random: Random;
  readonly changes: Change[] = [];
  backup: State = { users: new Map(), groups: new Map(), members: new Set() };
  selection = '';
  refuses: (call: string, what: string) => boolean = () => false;
  #texts = 0;
  #strangers = 0;

  constructor(readonly seed: number) {
    this.random = seededRandom(seed);
    const { world } = this;
    world.source.settings = { ...world.source.settings, ...(KINDS[seed % KINDS.length] as object) };
    world.allowMultipleUsernameAttributes = true;
    world.writer.datesWrites = this.maybe(0.5);
    this.#watch();
  }

  maybe = (share: number): boolean => this.random() < share;
  one = <T>(of: readonly T[]): T => of[wholeNumber(this.random, 0, of.length - 1)] as T;
  some = <T>(of: readonly T[]): T[] => of.filter(() => this.maybe(0.5));
  text = (): string => `Text ${(this.#texts += 1)}`;

  /** Notes every write that Cognito takes, and refuses what is to be refused. */
  #watch(): void {
    const { writer, source } = this.world;
    const { updateAttributes, enableUser, disableUser, addUserToGroup, createGroup, createUser } = writer;
    const note = async (
      what: readonly (readonly [what: string, value: string])[],
      call: string,
      write: () => Promise<WriteOutcome>,
    ): Promise<WriteOutcome> => {
      if (what.some(([one]) => this.refuses(call, one))) return { refused: 'InvalidParameterException' };
      const outcome = await write();
      if (outcome === 'done')
        this.changes.push(
          ...what.map(([one, value]) => ({ by: 'us', selection: this.selection, what: one, value }) as const),
        );
      return outcome;
    };
    const subOf = (username: string): string => source.find(username)?.sub ?? username;
    writer.updateAttributes = (pool, username, set) =>
      note(
        Object.entries(set).map(([name, value]) => [`${subOf(username)} ${name}`, value] as const),
        'updateAttributes',
        () => updateAttributes(pool, username, set),
      );
    writer.enableUser = (pool, username) =>
      note([[`${subOf(username)} enabled`, 'true']], 'enableUser', () => enableUser(pool, username));
    writer.disableUser = (pool, username) =>
      note([[`${subOf(username)} enabled`, 'false']], 'disableUser', () => disableUser(pool, username));
    writer.addUserToGroup = (pool, username, group) =>
      note([[`${subOf(username)} in ${group}`, 'true']], 'addUserToGroup', () => addUserToGroup(pool, username, group));
    writer.createGroup = (pool, group) =>
      note([[`group ${group.name} description`, group.description ?? '']], 'createGroup', () =>
        createGroup(pool, group),
      );
    writer.createUser = async (pool, user): Promise<{ readonly sub: string } | Refusal> => {
      if (this.refuses('createUser', user.username)) return { refused: 'InvalidParameterException' };
      const made = await createUser(pool, user);
      if ('sub' in made)
        for (const [name, value] of Object.entries(user.attributes))
          this.changes.push({ by: 'us', selection: this.selection, what: `${made.sub} ${name}`, value });
      return made;
    };
  }

  async begin(): Promise<void> {
    const { source } = this.world;
    const byName = source.settings.usernameAttributes.length === 0;
    for (const [nth, person] of PEOPLE.entries())
      source.put(
        aUser({
          username: byName ? person : subFor(person),
          sub: subFor(person),
          enabled: this.maybe(0.8),
          attributes: {
            ...(source.settings.usernameAttributes[0] === 'phone_number' && this.maybe(0.5)
              ? {}
              : { email: `${person}@example.test`, email_verified: 'true' }),
            ...(this.needsPhone() || this.maybe(0.4)
              ? { phone_number: `+49151000000${nth}`, phone_number_verified: 'true' }
              : {}),
            ...(source.settings.aliasAttributes.includes('preferred_username')
              ? { preferred_username: `p-${person}` }
              : {}),
            ...Object.fromEntries(this.some(PLAIN).map((name) => [name, this.text()])),
          },
        }),
      );
    for (const name of GROUPS) {
      source.putGroup({ name, description: this.text(), precedence: this.maybe(0.5) ? 3 : 5 });
      for (const { user } of source.users.values()) if (this.maybe(0.5)) source.join(user.username, name);
    }
    expect(await this.world.export()).to.include({ status: 'SUCCEEDED' });
    this.backup = stateOf(this.world);
  }

  needsPhone = (): boolean => this.world.source.settings.usernameAttributes.includes('phone_number');

  /** Somebody does something to the pool. */
  act(): void {
    const { source, clock } = this.world;
    const users = [...source.users.values()].map(({ user }) => user);
    if (users.length === 0) return;
    const user = this.one(users);
    const note = (what: string, value: string): void =>
      void this.changes.push({ by: 'somebody', selection: '', what: `${user.sub} ${what}`, value });
    const modified = new Date(clock.now()).toISOString();
    const put = (over: Partial<PoolUser>): void => source.put({ ...user, modified, ...over });
    const dice = this.random();
    if (dice < 0.04) {
      source.remove(user.username);
    } else if (dice < 0.07) {
      const group = this.one(GROUPS);
      source.removeGroup(group);
      for (const one of source.users.values())
        this.changes.push({ by: 'somebody', selection: '', what: `${one.user.sub} in ${group}`, value: '' });
    } else if (dice < 0.45) {
      const name = this.one(PLAIN);
      const before = this.changes.filter(({ what }) => what === `${user.sub} ${name}`).at(-2)?.value;
      const value = this.maybe(0.2) && before !== undefined ? before : this.text();
      put({ attributes: { ...user.attributes, [name]: value } });
      note(name, value);
    } else if (dice < 0.6) {
      put({ enabled: !user.enabled });
      note('enabled', String(!user.enabled));
    } else if (dice < 0.8) {
      const group = this.one(GROUPS);
      if (!source.hasGroup(group)) return;
      const isIn = source.groups.get(group)?.members.has(user.username) === true;
      if (isIn) source.leave(user.username, group);
      else source.join(user.username, group);
      note(`in ${group}`, String(!isIn));
    } else if (source.settings.usernameAttributes.length === 0) {
      const email = `${this.text().replace(' ', '')}@example.test`.toLowerCase();
      put({ attributes: { ...user.attributes, email, email_verified: this.maybe(0.5) ? 'true' : 'false' } });
      note('email', email);
    }
  }

  /** An accident: people and groups are gone, values changed. */
  damage(): void {
    const { source } = this.world;
    for (const { user } of [...source.users.values()]) if (this.maybe(0.2)) source.remove(user.username);
    for (const name of GROUPS) {
      const group = source.groups.get(name)?.group;
      if (group === undefined) continue;
      if (this.maybe(0.15)) source.removeGroup(name);
      else if (this.maybe(0.4)) source.putGroup({ ...group, description: this.text() });
    }
    for (let times = 0; times < 8; times += 1) this.act();
    const isGone = (person: string): boolean =>
      source.find(person) === undefined && source.find(subFor(person)) === undefined;
    const byName = source.settings.usernameAttributes.length === 0;
    // Somebody else signs up by the name, or by the address, of whoever is gone.
    for (const person of PEOPLE.filter(isGone))
      if (this.maybe(0.3)) {
        this.#strangers += 1;
        const sub = subFor(`stranger ${this.#strangers}`);
        const isNamed = byName && this.maybe(0.4);
        const email = `${isNamed ? `stranger${this.#strangers}` : person}@example.test`;
        const phone = this.needsPhone()
          ? { phone_number: `+4915200000${this.#strangers}`, phone_number_verified: 'true' }
          : {};
        if (source.find(email) !== undefined) continue;
        source.put(
          aUser({
            username: isNamed ? person : byName ? `stranger${this.#strangers}` : sub,
            sub,
            attributes: { email, email_verified: 'true', ...phone },
          }),
        );
      }
  }

  /** The sub in the backup of whoever has this account, by the sub maps of these selections. */
  originOf(sub: string, selections: readonly string[]): string {
    const maps = selections.filter((id) => this.world.objects.stored.has(selectionKeys(SOURCE, id).subMap));
    const pairs = new Map(
      maps.flatMap((id) =>
        rowsOfSelection(this.world, id, 'subMap').map(
          ({ old_sub: old = '', new_sub: now = '' }) => [now, old] as const,
        ),
      ),
    );
    let origin = sub;
    while (pairs.has(origin)) origin = pairs.get(origin) as string;
    return origin;
  }

  /** What a selection asks for. */
  request(): Partial<SelectionRequest> {
    const users = this.some([...this.backup.users.keys()]).map((sub) => ({ sub }));
    const groups = this.some(GROUPS).map((name) => ({ name }));
    if (users.length + groups.length === 0) return { users: [{ sub: subFor('ana') }] };
    return { users, groups, existing: this.maybe(0.8) ? 'update' : 'skip' };
  }

  /** Starts it until it is complete, or nothing more comes of it. */
  async run(id: string, { trouble, people }: { readonly trouble: boolean; readonly people: boolean }): Promise<void> {
    const { world } = this;
    this.selection = id;
    const refusals = seededRandom(this.seed * 1_000 + 7);
    const refused = new Map<string, boolean>();
    if (trouble)
      this.refuses = (call, what) => {
        const key = `${call} ${what}`;
        if (!refused.has(key)) refused.set(key, refusals() < 0.25);
        return refused.get(key) === true;
      };
    for (let start = 1; start <= 6; start += 1) {
      if (trouble && start < 3 && this.maybe(0.4)) {
        world.stopOnKill = true;
        world.calls.killAt(wholeNumber(this.random, 1, 60), this.maybe(0.5) ? 'before' : 'after');
      }
      let calls = wholeNumber(this.random, 1, 60);
      world.calls.turn = async () => {
        calls -= 1;
        if (!people || calls !== 0) return;
        await world.clock.sleep(20_000);
        this.act();
        await world.clock.sleep(20_000);
      };
      const ended = await select(world, id).catch(() => undefined);
      world.calls.turn = undefined;
      world.calls.revive();
      if (start >= 2) this.refuses = () => false;
      const errors = ['RestoreIncomplete', 'AlreadyRestored', undefined];
      expect(errors, `${this.seed}: ${ended?.cause ?? ''}`).to.include(ended?.error);
      if (ended?.status === 'SUCCEEDED' || ended?.error === 'AlreadyRestored') break;
      await world.clock.sleep(600_000);
      if (people) for (let times = 0; times < 6; times += 1) this.act();
    }
    this.refuses = () => false;
    expect(world.writer.sentToUsers, 'messages').to.deep.equal([]);
  }
}

/** Rows about what the pool holds as the backup does must be true. */
function expectTrue(chain: Chain, id: string, about: string): void {
  const { world, backup } = chain;
  const now = stateOf(world);
  for (const row of rowsOfSelection(world, id)) {
    if (!['created', 'updated', 'unchanged'].includes(row['result'] ?? '') || row['what']?.includes('left')) continue;
    const { sub = '', group = '', pool_sub: poolSub = '' } = row;
    const told = `${about}: ${JSON.stringify(row)}`;
    if (group !== '' && sub !== '') expect(now.members.has(`${group} ${poolSub}`), told).to.equal(true);
    else if (group !== '') expect(now.groups.get(group), told).to.deep.equal(backup.groups.get(group));
    else {
      const [held, there] = [backup.users.get(sub), now.users.get(poolSub)];
      const { sub: _old, ...attributes } = held?.attributes ?? {};
      expect(there?.attributes, told).to.include(attributes);
      expect(there?.enabled, told).to.equal(held?.enabled);
    }
  }
}

/** What a selection once wrote and somebody changed since, it never writes again. */
function expectTheirs({ changes, world }: Chain, about: string): void {
  const last = new Map<string, Change>();
  const lost = new Map<string, Change>();
  for (const change of changes) {
    const { by, what, value, selection } = change;
    const before = last.get(what);
    const key = `${selection} ${what}`;
    if (by === 'somebody' && before?.by === 'us' && before.value !== value)
      lost.set(`${before.selection} ${what}`, change);
    if (by === 'us') expect(lost.get(key), `${about}: ${what} written again`).to.equal(undefined);
    last.set(what, change);
  }
  expect(world.source.users.size).to.be.at.least(0);
}

const rowsBy = (rows: readonly SelectionRow[]): string[] =>
  rows.map(({ sub, sign_in_name: name, group, result }) => `${sub} ${name} ${group} ${result}`);

/** What was there before is as it was; but for what the undo tells it could not put back. */
function expectPutBack(chain: Chain, before: State, undo: string, about: string): void {
  const { world } = chain;
  const now = stateOf(world);
  const short = rowsOfSelection(world, undo).filter(({ result }) => ['failed', 'gone'].includes(result ?? ''));
  for (const [sub, user] of before.users) {
    if (short.some(({ pool_sub: one, group }) => one === sub && group === '')) continue;
    const there = now.users.get(sub);
    expect({ attributes: there?.attributes, enabled: there?.enabled }, `${about}: ${user.username}`).to.deep.equal({
      attributes: user.attributes,
      enabled: user.enabled,
    });
  }
  for (const [name, group] of before.groups) {
    if (short.some((row) => row['group'] === name && row['sub'] === '')) continue;
    expect(now.groups.get(name), `${about}: ${name}`).to.deep.equal(group);
  }
  const ofThese = (state: State): string[] =>
    [...state.members].filter((member) => {
      const [group = '', sub = ''] = member.split(' ');
      return before.users.has(sub) && before.groups.has(group);
    });
  expect(ofThese(now).sort(), `${about}: members`).to.deep.equal(ofThese(before).sort());
}

/** Whom nobody asked for, and what they are in, is as it was. */
function expectUntouched(
  { before, now }: { readonly before: State; readonly now: State },
  { request, originOf }: { readonly request: Partial<SelectionRequest>; readonly originOf: (sub: string) => string },
  about: string,
): void {
  const asked = new Set((request.users ?? []).map((user) => ('sub' in user ? user.sub : user.name)));
  const groups = new Set((request.groups ?? []).map(({ name }) => name));
  for (const [sub, user] of before.users)
    if (!asked.has(originOf(sub)))
      expect(now.users.get(sub)?.attributes, `${about}: ${user.username}`).to.deep.equal(user.attributes);
  for (const [name, group] of before.groups)
    if (!groups.has(name)) expect(now.groups.get(name), `${about}: ${name}`).to.deep.equal(group);
}

describe('Selections in chains', () => {
  for (let part = 0; part < 4; part += 1)
    it(`16.2: random worlds, restored, undone, and once more, with troubles and people (${part + 1} of 4)`, async function () {
      this.timeout(60_000 + CHAINS * 2_000);
      for (let seed = FROM + part; seed < FROM + CHAINS; seed += 4) {
        const chain = new Chain(seed);
        const { world } = chain;
        await chain.begin();
        chain.damage();
        const done: string[] = [];
        const states = new Map<string, State>();
        const steps = wholeNumber(chain.random, 3, 5);
        let calm = true;
        for (let step = 1; step <= steps; step += 1) {
          const about = `seed ${seed}, step ${step}`;
          const people = chain.maybe(0.45);
          const trouble = chain.maybe(0.6);
          const last = done.at(-1);
          const before = stateOf(world);
          if (last !== undefined && chain.maybe(0.5)) {
            const id = await putRequest(world, { undo: last });
            const hasUndo = world.objects.stored.has(selectionKeys(SOURCE, last).undo);
            await chain.run(id, { trouble, people });
            if (hasUndo && calm && !people) expectPutBack(chain, states.get(last) as State, id, `${about} (undo)`);
            calm = !people && hasUndo;
            done.push(id);
            states.set(id, before);
          } else {
            const request = chain.request();
            const id = await putRequest(world, request);
            const isLooked = !people && !trouble && chain.maybe(0.5);
            const dry = isLooked ? await select(world, id, { DryRun: true }) : undefined;
            if (dry !== undefined) expect(stateOf(world), `${about} (dry run)`).to.deep.equal(before);
            const told = dry?.status === 'SUCCEEDED' ? rowsBy(rowsOfSelection(world, id, 'differences')) : undefined;
            await chain.run(id, { trouble, people });
            if (!people)
              expectUntouched(
                { before, now: stateOf(world) },
                { request, originOf: (sub) => chain.originOf(sub, [...done, id]) },
                about,
              );
            if (!people && world.objects.stored.has(selectionKeys(SOURCE, id).results)) {
              expectTrue(chain, id, about);
              const ends = rowsOfSelection(world, id).filter(({ result }) => result !== 'failed');
              if (told !== undefined) expect(told, about).to.include.members(rowsBy(ends));
            }
            calm = !people;
            done.push(id);
            states.set(id, before);
          }
          expectTheirs(chain, about);
          if (chain.maybe(0.3)) {
            chain.damage();
            calm = false;
          }
        }
      }
    });
});
