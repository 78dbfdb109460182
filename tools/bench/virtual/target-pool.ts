import { Fault } from '../../../source/domain/errors.ts';
import type {
  Attributes,
  PoolGroup,
  PoolSettings,
  PoolUser,
  UserPoolDescription,
} from '../../../source/domain/model.ts';
import type { Page, UserPoolReader, UserPoolWriter, WriteOutcome } from '../../../source/domain/ports.ts';
import { attributesOf, firstDigit, indexOfUsername, subOf, usernameOf } from '../population.ts';
import { SETTINGS } from '../settings.ts';
import type { CognitoGate } from './cognito-gate.ts';
import { IndexList } from './index-list.ts';
import type { SourcePool } from './source-pool.ts';

const PAGE = 60;
/** Restored users have other subs. */
const SALT = 0x5bd1e995;
const CREATED = '2026-03-01T00:00:00.000Z';
export const TARGET_POOL = 'eu-west-1_BenchNew1';

/** The new, empty pool. It takes users of the source's population only, so that a user is a number. */
export class TargetPool implements UserPoolReader, UserPoolWriter {
  readonly settings: PoolSettings = SETTINGS;
  /** 0: absent; 1: enabled; 2: disabled. */
  readonly #users: Uint8Array;
  readonly #all = new IndexList();
  readonly #byDigit = Array.from({ length: 16 }, () => new IndexList());
  readonly #groups = new Map<string, { readonly group: PoolGroup; readonly members: IndexList }>();
  /** Runs before every look: a running import job brings its users in. */
  onAccess: () => void = () => undefined;
  /** When the last member joined each group, milliseconds since the epoch. */
  readonly lastJoinAt = new Map<string, number>();
  /** When the last user was created one by one. */
  lastCreatedAt = 0;

  constructor(
    private readonly source: SourcePool,
    private readonly gate: CognitoGate,
    private readonly now: () => number,
  ) {
    this.#users = new Uint8Array(source.capacity);
  }

  get users(): number {
    return this.#all.length;
  }

  /** False when the user is there already. */
  bring(index: number): boolean {
    if (this.#users[index] !== 0) return false;
    this.#users[index] = 1;
    this.#all.push(index);
    (this.#byDigit[firstDigit(index, SALT)] as IndexList).push(index);
    return true;
  }

  describe = (poolId: string): Promise<UserPoolDescription> =>
    this.#call('DescribeUserPool', poolId, () => ({
      id: poolId,
      name: 'restored',
      region: 'eu-west-1',
      settings: this.settings,
      estimatedNumberOfUsers: this.users,
    }));

  listUsersPage = (
    poolId: string,
    { filter, token, limit = PAGE }: { readonly filter?: string; readonly token?: string; readonly limit?: number },
  ): Promise<Page<PoolUser>> =>
    this.#call('ListUsers', poolId, () => {
      const digit = /^sub \^= "([0-9a-f])"$/.exec(filter ?? '')?.[1];
      const name = /^username = "([\w-]+)"$/.exec(filter ?? '')?.[1];
      if (filter !== undefined && digit === undefined && name === undefined)
        throw new Fault('FilterRefused', 'Cognito refused the filter.');
      if (name !== undefined) {
        const index = indexOfUsername(name);
        return { items: (this.#users[index] ?? 0) === 0 ? [] : [this.#user(index)] };
      }
      return this.#page(
        digit === undefined ? this.#all : (this.#byDigit[Number.parseInt(digit, 16)] as IndexList),
        token,
        limit,
      );
    });

  listGroupsPage = (
    poolId: string,
    { token }: { readonly token?: string },
  ): ReturnType<UserPoolReader['listGroupsPage']> =>
    this.#call('ListGroups', poolId, () => {
      const from = Number(token ?? 0);
      const groups = [...this.#groups.values()].slice(from, from + PAGE).map(({ group }) => group);
      return { items: groups, ...(this.#groups.size > from + PAGE ? { next: String(from + PAGE) } : {}) };
    });

  listUsersInGroupPage = (
    poolId: string,
    group: string,
    { token }: { readonly token?: string },
  ): Promise<Page<PoolUser>> =>
    this.#call('ListUsersInGroup', poolId, () => {
      const members = this.#groups.get(group)?.members;
      return members === undefined ? { items: [] } : this.#page(members, token, PAGE);
    });

  createGroup = (poolId: string, group: PoolGroup): Promise<void> =>
    this.#call('CreateGroup', poolId, () => {
      if (!this.#groups.has(group.name)) this.#groups.set(group.name, { group, members: new IndexList() });
    });

  createUser = (
    poolId: string,
    { username }: { readonly username: string; readonly attributes: Attributes },
  ): Promise<WriteOutcome> =>
    this.#call('AdminCreateUser', poolId, () => {
      if (!this.bring(indexOfUsername(username))) return { refused: 'UsernameExistsException' };
      this.lastCreatedAt = this.now();
      return 'done';
    });

  setPassword = (poolId: string): Promise<WriteOutcome> => this.#call('AdminSetUserPassword', poolId, () => 'done');

  disableUser = (poolId: string, username: string): Promise<WriteOutcome> =>
    this.#call('AdminDisableUser', poolId, () =>
      this.#change(username, (index) => {
        this.#users[index] = 2;
      }),
    );

  addUserToGroup = (poolId: string, username: string, group: string): Promise<WriteOutcome> =>
    this.#call('AdminAddUserToGroup', poolId, () =>
      this.#change(username, (index) => {
        const held = this.#groups.get(group);
        if (held === undefined) throw new Error(`the group ${group} was not created yet`);
        held.members.push(index);
        this.lastJoinAt.set(group, this.now());
      }),
    );

  updateAttributes = (poolId: string, username: string): Promise<WriteOutcome> =>
    this.#call('AdminUpdateUserAttributes', poolId, () => this.#change(username, () => undefined));

  #change(username: string, apply: (index: number) => void): WriteOutcome {
    const index = indexOfUsername(username);
    if ((this.#users[index] ?? 0) === 0) return { refused: 'UserNotFoundException' };
    apply(index);
    return 'done';
  }

  #user(index: number): PoolUser {
    const sub = subOf(index, SALT);
    const attributes = { ...attributesOf(index, this.source.versions[index]), sub };
    return {
      username: usernameOf(index),
      sub,
      attributes,
      enabled: this.#users[index] === 1,
      status: 'RESET_REQUIRED',
      created: CREATED,
      modified: CREATED,
    };
  }

  #page(list: IndexList, token: string | undefined, limit: number): Page<PoolUser> {
    const from = Number(token ?? 0);
    const end = Math.min(list.length, from + limit);
    const items: PoolUser[] = [];
    for (let place = from; place < end; place += 1) items.push(this.#user(list.at(place)));
    return { items, ...(end < list.length ? { next: String(end) } : {}) };
  }

  #call<T>(action: string, poolId: string, effect: () => T): Promise<T> {
    return this.gate.call(action, poolId, () => {
      this.onAccess();
      return effect();
    });
  }
}
