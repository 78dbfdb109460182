import { EXIT_CODES } from '../exit-codes.ts';
import type { Output, Streams } from './output.ts';

/** For programs: one JSON object per line; `message_type` is status, summary or (on standard error) error. */
export function jsonLines({ out, err }: Pick<Streams, 'out' | 'err'>): Output {
  const line = (message_type: string, fields: object): string => `${JSON.stringify({ message_type, ...fields })}\n`;
  return {
    interactive: false,
    status: ({ text, percentDone, secondsRemaining, data }) => {
      out(
        line('status', {
          message: text,
          ...(percentDone === undefined ? {} : { percent_done: Math.round(percentDone) / 100 }),
          ...(secondsRemaining === undefined ? {} : { seconds_remaining: Math.round(secondsRemaining) }),
          ...data,
        }),
      );
    },
    summary: ({ data, next = [] }) => {
      out(line('summary', { ...data, ...(next.length === 0 ? {} : { next }) }));
    },
    error: ({ kind, message, text: { thing, found, next } }) => {
      err(line('error', { message, exit_code: EXIT_CODES[kind], kind, thing, found, what_to_do: next }));
    },
  };
}
