import { expect } from 'chai';
import type { EndedExecution } from '../../../tools/simulation/workflow/run-workflow.ts';
import { WorkflowWorld } from '../workflows/workflow-world.ts';
import { canariesOf, canaryUser } from './canaries.ts';
import type { CanaryUser } from './canaries.ts';
import { placesOf, putCanaries, recordTokens, takesCanaries } from './memory-places.ts';
import { findingsText, Search } from './search.ts';
import type { Canary, Place } from './search.ts';

const KINDS = [
  'csv',
  'csv',
  'csv',
  'csv',
  'one by one',
  'one by one',
  'disabled',
  'unconfirmed',
  'federated',
  'unverified',
] as const;

/** A Region whose source pool holds canaries only. Cognito's answers in it are spied on for tokens. */
export class CanaryWorld extends WorkflowWorld {
  readonly users: CanaryUser[] = KINDS.map((kind) => canaryUser(kind));
  readonly tokens = recordTokens(this);
  readonly ended: EndedExecution[] = [];

  constructor() {
    super();
    this.cognito.knobs.pageSize = 2;
    this.table.pageItems = 3;
    for (const pool of [this.source, this.target]) takesCanaries(pool);
    putCanaries(this.source, this.users);
  }

  async run(work: Promise<EndedExecution>): Promise<EndedExecution> {
    const ended = await work;
    this.ended.push(ended);
    return ended;
  }

  /** Backs the pool up. */
  async exported(): Promise<void> {
    expect(await this.run(this.export())).to.include({ status: 'SUCCEEDED' });
  }

  get canaries(): Canary[] {
    const news = [...this.target.users.values()].map(({ user }) => ({ kind: 'new sub', text: user.sub }));
    return [
      ...canariesOf(this.users),
      ...news,
      ...[...this.tokens].map((text) => ({ kind: 'pagination token', text })),
    ];
  }

  places(): Place[] {
    return placesOf(this, this.ended);
  }

  /** Nobody's data in any place where none may be. */
  expectSilent(): void {
    const places = this.places();
    expect(places).to.have.length.above(20);
    expect(findingsText(new Search(this.canaries).in(places))).to.equal('');
    // The same search finds all of them where they belong.
    const kept = new Search(canariesOf(this.users.filter(({ status }) => status !== 'EXTERNAL_PROVIDER'))).in([
      { where: 'table', text: JSON.stringify(this.table.all()) },
    ]);
    expect(new Set(kept.map(({ kind }) => kind))).to.include.members([
      'username',
      'sub',
      'email',
      'phone_number',
      'name',
      'custom:badge',
      'custom:note',
      'group name',
      'group description',
    ]);
  }
}
