import type { Clock } from '../../domain/ports.ts';
import { wrap } from '../../domain/wrap.ts';
import { layOut, nextBlock, statusText, unpainted } from './layout.ts';
import type { Output, Streams } from './output.ts';

/** What moves all the time is told so seldom where it cannot be replaced. */
const STATUS_EVERY_MS = 30_000;

/** For pipes, files and CI: no colours, nothing is ever taken back. Lines are as wide as they need to be for grep. */
export function plainOutput({ out, err }: Streams, clock: Pick<Clock, 'now'>): Output {
  let toldAt = -Infinity;
  return {
    interactive: false,
    status: (status) => {
      if (status.lasting !== true && clock.now() - toldAt < STATUS_EVERY_MS) return;
      toldAt = clock.now();
      out(`${statusText(status)}\n`);
      if (status.blocks !== undefined) out(`\n${layOut(status.blocks, Infinity, unpainted)}\n`);
    },
    summary: ({ blocks, next = [] }) => {
      out(layOut([...blocks, ...(next.length === 0 ? [] : [nextBlock(next)])], Infinity, unpainted));
    },
    error: ({ message }) => {
      err(`${wrap(message, Infinity).join('\n')}\n`);
    },
  };
}
