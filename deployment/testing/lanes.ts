import { forEachAtOnce } from '../../source/domain/concurrency.ts';
import type { Step, StepResult } from './step.ts';

/** Where a step's output goes. */
export type Show = (chunk: Buffer | string, stream: 'stdout' | 'stderr') => void;

type Piece = Readonly<Parameters<Show>>;

/**
 * Outputs of things that run side by side, shown one after the other in their order: as if they had run so. The first that
 * has not ended is shown as it comes; the later ones are kept until it is their turn.
 */
export class InTurn {
  readonly #kept = new Map<number, Piece[]>();
  readonly #ended = new Set<number>();
  #turn = 0;

  constructor(private readonly show: Show) {}

  /** The output of the `index`-th. */
  of(index: number): Show {
    return (...piece) => {
      if (index === this.#turn) this.show(...piece);
      else this.#keep(index, piece);
    };
  }

  /** Says that the `index`-th has ended. */
  end(index: number): void {
    this.#ended.add(index);
    while (this.#ended.has(this.#turn)) {
      this.#turn += 1;
      for (const piece of this.#kept.get(this.#turn) ?? []) this.show(...piece);
      this.#kept.delete(this.#turn);
    }
  }

  #keep(index: number, piece: Piece): void {
    const kept = this.#kept.get(index);
    if (kept === undefined) this.#kept.set(index, [piece]);
    else kept.push(piece);
  }
}

/**
 * Runs steps, at most `lanes` of them at a time, begun in their order; their outputs come one after the other.
 * @returns the results in the order of the steps
 */
export async function runInLanes(
  steps: readonly Step[],
  lanes: number,
  { run, show }: { readonly run: (step: Step, show: Show) => Promise<StepResult>; readonly show: Show },
): Promise<StepResult[]> {
  const outputs = new InTurn(show);
  const results: StepResult[] = [];
  await forEachAtOnce(steps.entries(), lanes, async ([index, step]) => {
    const own = outputs.of(index);
    own(`\n=== ${step.name}\n`, 'stdout');
    results[index] = await run(step, own);
    outputs.end(index);
  });
  return results;
}
