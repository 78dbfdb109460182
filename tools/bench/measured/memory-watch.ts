import { readdirSync, readFileSync } from 'node:fs';

const EVERY_MS = 2_000;

/**
 * Highest resident memory of the function processes of one local cloud, as the kernel counts it (VmHWM): Linux only,
 * nothing is found elsewhere. Node sizes its heap by the machine here, by the function's memory on Lambda: an upper bound.
 */
export class MemoryWatch {
  readonly #peaks = new Map<string, number>();
  /** Function by process id; undefined for processes of others. */
  readonly #functions = new Map<string, string | undefined>();
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly endpoint: string) {
    this.#timer = setInterval(() => {
      this.look();
    }, EVERY_MS);
    this.#timer.unref();
  }

  /** Megabytes by the function's physical name. */
  get peaks(): ReadonlyMap<string, number> {
    this.look();
    return this.#peaks;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  look(): void {
    for (const process of processes()) {
      if (!this.#functions.has(process)) this.#functions.set(process, functionOf(process, this.endpoint));
      const name = this.#functions.get(process);
      const kilobytes =
        name === undefined ? undefined : /^VmHWM:\s+(\d+)/m.exec(textOf(`/proc/${process}/status`))?.[1];
      if (name !== undefined && kilobytes !== undefined)
        this.#peaks.set(name, Math.max(this.#peaks.get(name) ?? 0, Number(kilobytes) / 1024));
    }
  }
}

function processes(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function functionOf(process: string, endpoint: string): string | undefined {
  const variables = textOf(`/proc/${process}/environ`).split('\0');
  if (!variables.includes(`AWS_ENDPOINT_URL=${endpoint}`)) return undefined;
  return variables.find((variable) => variable.startsWith('AWS_LAMBDA_FUNCTION_NAME='))?.split('=')[1];
}

/** Empty for a process that has ended or belongs to somebody else. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
