import { styleText } from 'node:util';
import { wrap } from '../../domain/wrap.ts';
import { layOut, nextBlock, statusText, unpainted } from './layout.ts';
import type { Paint } from './layout.ts';
import type { Output, Streams } from './output.ts';

const STYLES = { good: 'green', warning: 'yellow', bad: 'red', quiet: 'dim', heading: 'bold' } as const;
/** Whether there are colours was decided before: a test has no terminal. */
const coloured: Paint = (tone, text) => styleText(STYLES[tone], text, { validateStream: false });

/** Back to the start of the line, and clear it. */
const CLEAR_LINE = '\r\u001b[2K';
/** Wider text is harder to read. */
const WIDEST = 110;

/** For people: the status stands in one line that the next one replaces. */
export function terminalOutput(
  { out, err, columns }: Streams,
  { colours, interactive }: { readonly colours: boolean; readonly interactive: boolean },
): Output {
  const paint = colours ? coloured : unpainted;
  let shown = false;
  const width = (): number => Math.min(columns(), WIDEST);
  const clear = (): void => {
    if (shown) out(CLEAR_LINE);
    shown = false;
  };
  return {
    interactive,
    status: (status) => {
      clear();
      const text = statusText(status);
      if (status.lasting === true) {
        out(`${wrap(text, width()).join('\n')}\n`);
        if (status.blocks !== undefined) out(`\n${layOut(status.blocks, width(), paint)}\n`);
        return;
      }
      // One column stays free: a full line would make some terminals begin another.
      const room = columns() - 1;
      out(paint('quiet', text.length > room ? `${text.slice(0, Math.max(0, room - 1))}…` : text));
      shown = true;
    },
    summary: ({ blocks, next = [] }) => {
      clear();
      out(layOut([...blocks, ...(next.length === 0 ? [] : [nextBlock(next)])], width(), paint));
    },
    error: ({ text: { thing, found, next } }) => {
      clear();
      err(
        layOut([{ heading: thing, lines: [found, next] }], width(), (tone, line) =>
          paint(tone === 'heading' ? 'bad' : tone, line),
        ),
      );
    },
  };
}
